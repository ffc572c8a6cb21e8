// What Docker takes of an adjustment, refuses and ignores, over all fields of NRI.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  CreateContainerResponse,
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  type Init,
} from "@nri/protocol";
import { accept, REFUSED, refuseUnsupported } from "./accept.js";

/** An adjustment that sets one field to something. */
function setting(field: FieldName): ContainerAdjustment {
  const row = FIELDS[field];
  const values = { args: ["a"], map: { k: "v" }, "keyed-list": [{}], value: { value: 1n } } as const;
  const value = row.kind === "accumulate" ? { prestart: [{}], allow: [{}] } : values[row.kind];
  const set = field === "DeviceRules" ? [{}] : value;
  return row.path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), set) as ContainerAdjustment;
}

const answer = (given: Init<CreateContainerResponse>) => CreateContainerResponse.create(given);
const adjusted = (adjust: Init<ContainerAdjustment>, env: readonly string[] = []) =>
  accept(env, answer({ adjust: ContainerAdjustment.create(adjust) }));
const IGNORED: readonly FieldName[] = [
  "HugepageLimits",
  "DeviceRules",
  "CgroupsUnified",
  "BlockioClass",
  "RdtClass",
  "PidsLimit",
  "Sysctl",
  "LinuxNetDevices",
  "LinuxSched",
  "RdtClosID",
  "RdtSchemata",
  "RdtEnableMonitoring",
  "MemoryPolicy",
];

test("every field is taken, refused under Docker's name for it, or ignored as Docker ignores it", () => {
  for (const field of FIELD_NAMES.filter((name) => name !== "Env" && name !== "Mounts")) {
    const only = answer({});
    only.adjust = { ...ContainerAdjustment.create(), ...setting(field) };
    const name = Object.entries(REFUSED).find(([, fields]) => fields.includes(field))?.[0];
    if (name === undefined) assert.deepEqual(accept([], only).ignored, [field]);
    else assert.throws(() => accept([], only), { message: `unsupported container adjustments: ${name}` }, field);
    assert.equal(name === undefined, IGNORED.includes(field), field);
  }
});

test("names of what is refused come in Docker's order, whatever asked for them", () => {
  const all = Object.values(REFUSED).flat().reverse();
  const merged = all.map(setting).reduce<object>((into, adjust) => merge(into, adjust), {});
  const only = answer({});
  only.adjust = { ...ContainerAdjustment.create(), ...merged };
  assert.throws(() => accept([], only), {
    message:
      "unsupported container adjustments: annotations,hooks,linux,linux.resources.memory,linux.resources.cpu,rlimits,CDI,args",
  });
});

function merge(into: object, from: object): object {
  const isPlain = (value: unknown): value is object =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = Object.entries(from).map(([key, value]) => {
    const before = (into as { readonly [name: string]: unknown })[key];
    return [key, isPlain(value) && isPlain(before) ? merge(before, value) : value];
  });
  return { ...into, ...Object.fromEntries(entries) };
}

test("an update is refused before an eviction, an eviction before a field, a field before a variable, a variable before a mount", () => {
  const adjust = ContainerAdjustment.create({
    args: ["a"],
    env: [{ key: "", value: "1" }],
    mounts: [{ destination: "/a", options: ["rw"] }],
  });
  const update = [ContainerUpdate.create({ containerId: "c" })];
  const evict = [ContainerEviction.create({ containerId: "c" })];
  const { args: _args, ...noArgs } = adjust;
  const { env: _env, ...noEnv } = noArgs;
  for (const [given, message] of [
    [{ adjust, update, evict }, "container update is not supported"],
    [{ adjust, evict }, "container eviction is not supported"],
    [{ adjust }, "unsupported container adjustments: args"],
    [{ adjust: noArgs }, "applying environment variable adjustments: empty environment variable key"],
    [{ adjust: noEnv }, 'applying mount adjustments: mount option "rw" is not supported'],
  ] as const) {
    assert.throws(() => accept([], answer(given)), { message });
  }
  assert.deepEqual(accept(["A=1"], answer({ update: [] })), { env: ["A=1"], mounts: [], ignored: [] });
});

test("variables are replaced in their place, the last of several, or appended; nothing of the given list changes", () => {
  const env = ["A=1", "B=2", "A=3"];
  const given = {
    env: [
      { key: "A", value: "new" },
      { key: "C", value: "x=y" },
      { key: "B", value: "" },
    ],
  };
  assert.deepEqual(adjusted(given, env).env, ["A=1", "B=", "A=new", "C=x=y"]);
  assert.deepEqual(env, ["A=1", "B=2", "A=3"]);
});

test("a variable that is marked for removal goes, where the adaptation lets the mark through", () => {
  assert.deepEqual(adjusted({ env: [{ key: "-A" }] }, ["A=1", "B=2"]).env, ["B=2"]);
});

test("a mount has Docker's type as it comes, and no option but ro and readonly", () => {
  const { mounts } = adjusted({
    mounts: [{ type: "image", source: "s", destination: "/a", options: ["ro", "readonly"] }, { destination: "-/b" }],
  });
  assert.deepEqual(mounts, [
    { type: "image", source: "s", target: "/a", readOnly: true },
    { type: "", source: "", target: "-/b", readOnly: false },
  ]);
  for (const option of ["rw", "bind", "rbind", "rshared", "RO"]) {
    assert.throws(() => adjusted({ mounts: [{ destination: "/a", options: ["ro", option] }] }), {
      message: `applying mount adjustments: mount option "${option}" is not supported`,
    });
  }
});

test("a runtime that declares what it can do refuses every other field by its path, and what only removes", () => {
  for (const field of FIELD_NAMES) {
    const adjust = setting(field);
    const { path } = FIELDS[field];
    refuseUnsupported(adjust, [field]);
    const others = FIELD_NAMES.filter((name) => name !== field);
    assert.throws(() => refuseUnsupported(adjust, others), { message: `unsupported container adjustments: ${path}` });
  }
  const removed = ContainerAdjustment.create({ linux: { rdt: { remove: true } } });
  assert.throws(() => refuseUnsupported(removed, ["Env"]), {
    message: "unsupported container adjustments: linux.rdt.remove",
  });
  refuseUnsupported(removed, ["RdtClosID", "RdtSchemata", "RdtEnableMonitoring"]);
  refuseUnsupported(ContainerAdjustment.create(), []);
});

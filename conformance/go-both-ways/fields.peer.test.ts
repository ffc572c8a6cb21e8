// Every adjustable field, in each direction: set, removed, set by two plugins, updated. What comes out, what a later
// plugin sees, and the texts of conflicts are those of a Go plugin in the Go runtime.
import assert from "node:assert/strict";
import test from "node:test";
import { FIELD_NAMES, FIELDS, UPDATABLE_FIELDS } from "@nri/protocol";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Script, ScriptAnswer } from "../peers/refplugin.js";
import type { StepAnswer } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { plain } from "./compare.js";
import { adjustmentOf, at, containerJson, POD, SAMPLES } from "./samples.js";
import type { Language } from "./sides.js";
import { startPlugin, startRuntime } from "./start.js";

const go = await goPeers();
const skip = skipUnless(go);

const update = (containerId: string, path: string, value: JsonValue): JsonObject => ({
  containerId,
  ...at(path, value),
});

/** One thing tried: a container name that both plugins' scripts know, and the request it is tried with. */
interface Try {
  readonly name: string;
  readonly op: "CreateContainer" | "UpdateContainer" | "StopContainer";
  readonly first: ScriptAnswer;
  readonly second?: ScriptAnswer;
}

const TRIES: readonly Try[] = [
  ...FIELD_NAMES.flatMap((field): Try[] => {
    const { set, remove, again } = SAMPLES[field];
    const tries: Try[] = [{ name: `set ${field}`, op: "CreateContainer", first: { adjust: adjustmentOf(field, set) } }];
    if (remove !== undefined) {
      tries.push({ name: `remove ${field}`, op: "CreateContainer", first: { adjust: adjustmentOf(field, remove) } });
      tries.push({
        name: `remove then set ${field}`,
        op: "CreateContainer",
        first: { adjust: adjustmentOf(field, remove) },
        second: { adjust: adjustmentOf(field, set) },
      });
    }
    if (again !== undefined) {
      tries.push({
        name: `conflict ${field}`,
        op: "CreateContainer",
        first: { adjust: adjustmentOf(field, set) },
        second: { adjust: adjustmentOf(field, again) },
      });
    }
    return tries;
  }),
  ...(["RdtClosID", "RdtSchemata", "RdtEnableMonitoring"] as const).flatMap((field): Try[] => {
    const removal = { linux: { rdt: { remove: true } } };
    const { set } = SAMPLES[field];
    return [
      { name: `remove ${field}`, op: "CreateContainer", first: { adjust: removal } },
      {
        name: `set then remove ${field}`,
        op: "CreateContainer",
        first: { adjust: adjustmentOf(field, set) },
        second: { adjust: removal },
      },
      {
        name: `remove then set ${field}`,
        op: "CreateContainer",
        first: { adjust: removal },
        second: { adjust: adjustmentOf(field, set) },
      },
    ];
  }),
  ...UPDATABLE_FIELDS.flatMap((field): Try[] => {
    const path = FIELDS[field].path;
    const { set, again } = SAMPLES[field];
    const tries: Try[] = (["CreateContainer", "UpdateContainer", "StopContainer"] as const).map((op) => ({
      name: `update of another ${field} in ${op}`,
      op,
      first: { update: [update("id-other", path, set)] },
    }));
    tries.push({
      name: `update of itself ${field}`,
      op: "UpdateContainer",
      first: { update: [update(`id-update of itself ${field}`, path, set)] },
    });
    if (again !== undefined) {
      tries.push({
        name: `conflicting updates ${field}`,
        op: "UpdateContainer",
        first: { update: [update("id-other", path, set)] },
        second: { update: [update("id-other", path, again)] },
      });
      tries.push({
        name: `conflicting updates, ignored ${field}`,
        op: "UpdateContainer",
        first: { update: [update("id-other", path, set)] },
        second: { update: [{ ...update("id-other", path, again), ignoreFailure: true }] },
      });
    }
    return tries;
  }),
];

function script(answerOf: (one: Try) => ScriptAnswer | undefined): Script {
  const by = (op: Try["op"]): Record<string, ScriptAnswer> =>
    Object.fromEntries(TRIES.filter((one) => one.op === op).map((one) => [one.name, answerOf(one) ?? {}]));
  return { create: by("CreateContainer"), update: by("UpdateContainer"), stop: by("StopContainer") };
}

interface Outcome {
  readonly answer: StepAnswer;
  /** What the second plugin got. */
  readonly second: JsonValue;
}

async function play(
  languages: { first: Language; second: Language; runtime: Language; compat?: "default" },
  peers: GoPeers,
): Promise<Map<string, Outcome>> {
  using files = new TestFolder();
  await using runtime = await startRuntime(languages.runtime, peers, {
    ...files,
    name: "fields",
    compat: languages.compat,
  });
  await using first = await startPlugin(languages.first, peers, {
    ...files,
    index: "10",
    name: "first",
    script: script((one) => one.first),
  });
  await first.waitFor("Configure");
  await using second = await startPlugin(languages.second, peers, {
    ...files,
    index: "20",
    name: "second",
    script: script((one) => one.second),
  });
  await runtime.waitForPlugins(2);
  const outcomes = new Map<string, Outcome>();
  for (const { name, op } of TRIES) {
    const container = containerJson(name, {
      state: op === "CreateContainer" ? "CONTAINER_CREATED" : "CONTAINER_RUNNING",
    });
    const resources = { cpu: { quota: { value: "20000" } }, memory: { limit: { value: "67108864" } } };
    const answer = await runtime.try(op, {
      pod: POD,
      container,
      ...(op === "UpdateContainer" ? { linuxResources: resources } : {}),
    });
    outcomes.set(name, { answer, second: null });
  }
  for (const { method, args } of second.calls()) {
    const name = (args[1] as { name?: string } | undefined)?.name;
    const outcome = name === undefined ? undefined : outcomes.get(name);
    if (name !== undefined && outcome !== undefined) outcomes.set(name, { ...outcome, second: [method, ...args] });
  }
  return outcomes;
}

const COMBINATIONS = [
  { first: "ts", second: "ts", runtime: "go" },
  { first: "go", second: "go", runtime: "ts" },
  { first: "go", second: "ts", runtime: "ts" },
  { first: "ts", second: "ts", runtime: "ts" },
  { first: "go", second: "go", runtime: "ts", compat: "default" },
] as const;

/**
 * Where our default is meant to differ from the reference (docs/deviations.md): removals of what the container came with
 * reach the runtime, pids limits in updates are not lost.
 */
const MEANT: readonly {
  readonly what: RegExp;
  readonly always?: true;
  check(answer: StepAnswer, second: JsonObject | undefined): void;
}[] = [
  {
    what: /^remove (then set )?Annotations$/,
    check: (_answer, second) => assert.equal(Object.hasOwn((second?.annotations ?? {}) as JsonObject, "a"), false),
  },
  {
    // the reference puts the marker into annotations; corrected there after v0.12.2
    what: /^remove (then set )?Sysctl$/,
    always: true,
    check: ({ res }) => assert.match(JSON.stringify(res), /"sysctl":\{[^}]*"-net.core.somaxconn":""/),
  },
  {
    what: /^remove (then set )?LinuxNetDevices$/,
    check: ({ res }, second) => {
      assert.match(JSON.stringify(res), /"netDevices":\{[^}]*"-eth9":\{\}/);
      assert.equal(JSON.stringify(second).includes('"eth9"'), false);
    },
  },
  { what: /^remove (then set )?Env$/, check: ({ res }) => assert.match(JSON.stringify(res), /"key":"-HOME"/) },
  {
    what: /^remove (then set )?Devices$/,
    check: ({ res }) => assert.match(JSON.stringify(res), /"path":"-\/dev\/null"/),
  },
  {
    what: /^conflicting updates PidsLimit$/,
    check: ({ error }) => assert.match(error ?? "", /plugins "20-second" and "10-first" both tried to set PidsLimit/),
  },
  {
    what: /^(update of|conflicting updates, ignored) .*PidsLimit/,
    check: ({ res }) => assert.match(JSON.stringify(res), /"pids":\{"limit":"50"\}/),
  },
];

/** The reference adds an update without content when the container itself is not updated; our default does not. */
function withoutEmptyUpdates(res: JsonValue): JsonValue {
  if (typeof res !== "object" || res === null || Array.isArray(res) || !Array.isArray(res.update)) return res;
  return { ...res, update: res.update.filter((one) => JSON.stringify(one) !== "{}") };
}

test("every field has a sample", () => {
  assert.deepEqual(Object.keys(SAMPLES).sort(), [...FIELD_NAMES].sort());
});

test("every field goes through every pair as through Go and Go", { skip }, async (t) => {
  const peers = use(go);
  const reference = await play({ first: "go", second: "go", runtime: "go" }, peers);
  assert.equal(reference.get("set MemLimit")?.answer.ok, true);
  assert.match(reference.get("conflict MemLimit")?.answer.error ?? "", /plugins "20-second" and "10-first"/);
  const matrix: Record<string, Record<string, string>> = {};
  for (const languages of COMBINATIONS) {
    const short = `${languages.first}+${languages.second}-${languages.runtime}${"compat" in languages ? " default" : ""}`;
    const compat = "compat" in languages ? ", compat default" : "";
    const name = `${languages.first} and ${languages.second} plugin, ${languages.runtime} runtime${compat}`;
    const outcomes = await play(languages, peers);
    const matrixColumn: Record<string, string> = {};
    await t.test(name, async (pair) => {
      for (const field of FIELD_NAMES) {
        const tries = TRIES.filter((one) => one.name.split(" ").includes(field));
        let same = 0;
        await pair.test(`${field}: ${tries.length} requests`, () => {
          for (const { name: what } of tries) {
            const wanted = reference.get(what);
            const got = outcomes.get(what);
            assert.ok(wanted && got);
            compare(
              what,
              languages.runtime === "go" ? "go" : "compat" in languages ? "default" : "reference",
              got,
              wanted,
            );
            same++;
          }
        });
        matrixColumn[field] = `${same} of ${tries.length} same`;
      }
    });
    for (const [field, text] of Object.entries(matrixColumn)) matrix[field] = { ...matrix[field], [short]: text };
  }
  console.log("fields, compared with Go plugins in the Go runtime (PLUGIN+PLUGIN-RUNTIME):");
  console.table(matrix);
});

function compare(what: string, runtime: "go" | "reference" | "default", got: Outcome, wanted: Outcome): void {
  const meant = MEANT.find((one) => one.what.test(what));
  if (meant !== undefined && (runtime === "default" || (runtime === "reference" && meant.always))) {
    meant.check(got.answer, (got.second as JsonValue[] | null)?.[2] as JsonObject | undefined);
    return;
  }
  assert.equal(got.answer.error, wanted.answer.error, `${what}: error`);
  assert.equal(got.answer.code, wanted.answer.code, `${what}: code`);
  const result = plain(wanted.answer.res);
  assert.deepEqual(
    plain(got.answer.res),
    runtime === "default" ? withoutEmptyUpdates(result) : result,
    `${what}: result`,
  );
  assert.deepEqual(plain(got.second), plain(wanted.second), `${what}: what the second plugin got`);
}

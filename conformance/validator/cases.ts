// Containers that plugins adjust, and pods that require or tolerate: what the default validator is tried with.
import type { JsonObject } from "../peers/json.js";

/** One creation, and what each plugin does to it. */
export interface ValidatorCase {
  readonly name: string;
  /** Annotations of the pod; `NAME` in a key stands for the container's name. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** `linux.seccompProfile` of the container. */
  readonly profile?: JsonObject;
  readonly first?: JsonObject;
  readonly second?: JsonObject;
  /** The parser of YAML words its own mistakes: only what comes before is compared. */
  readonly syntax?: boolean;
}

const REQUIRED = "required-plugins.noderesource.dev";
export const TOLERATE = "tolerate.example.com/missing plugins";

const hook = { hooks: { poststop: [{ path: "/bin/true" }] } };
const seccomp = { linux: { seccompPolicy: { defaultAction: "SCMP_ACT_ALLOW" } } };
const namespaces = (...types: string[]): JsonObject => ({
  linux: { namespaces: types.map((type) => ({ type, path: "/x" })) },
});
const sysctl = (values: Record<string, string>): JsonObject => ({ linux: { sysctl: values } });

const adjustments: readonly ValidatorCase[] = [
  { name: "nothing" },
  { name: "hooks of one", first: hook },
  { name: "hooks of two", first: hook, second: hook },
  { name: "seccomp without profile", first: seccomp },
  ...["RUNTIME_DEFAULT", "UNCONFINED", "LOCALHOST"].map((profileType) => ({
    name: `seccomp over ${profileType}`,
    profile: { profileType },
    second: seccomp,
  })),
  { name: "seccomp over an unknown profile", profile: { profileType: 7 }, first: seccomp },
  { name: "namespace set", first: namespaces("network") },
  { name: "namespace removed", second: namespaces("-ipc") },
  { name: "namespace with quotes", first: namespaces('a"b\u0001é\u200b') },
  { name: "sysctl set", first: sysctl({ "net.a": "1" }) },
  { name: "sysctl removed", first: sysctl({ "-net.a": "" }) },
  { name: "sysctl replaced", first: sysctl({ "net.a": "1" }), second: sysctl({ "-net.a": "", "net.a": "2" }) },
  { name: "sysctls of one", first: sysctl({ "net.a": "1", "net.b": "2" }) },
  {
    name: "everything",
    first: { ...hook, linux: { ...seccomp.linux, namespaces: [{ type: "uts" }], sysctl: { a: "1" } } },
  },
  { name: "seccomp and sysctl", first: { linux: { ...seccomp.linux, sysctl: { a: "1" } } } },
  { name: "a conflict", first: { args: ["a"] }, second: { args: ["b"] } },
];

const LISTS = [
  '["a"]',
  '["10-a", "20-b"]',
  "- a\n- 20-b",
  "[20-a]",
  "[missing, gone, a]",
  "",
  "~",
  "[]",
  "[a, ~, null]",
  "[1, true, x-1]",
  "foo",
  "verylongvaluehere",
  "5",
  "1.5",
  "true",
  "2001-01-01",
  "{a: b}",
  "[[a]]",
  "[[a], {b: c}, x]",
  "# comment\nfoo",
  "---\n[a]",
];
const BROKEN = ["[a", '"x', "a: b: c", "@", "*x"];
const TRUTHS = ["1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False"];
const NO_TRUTHS = ["yes", "tRUE", "", " true", "2", 'a"b\n\té\u0007'];

const annotated: readonly ValidatorCase[] = [
  ...LISTS.map((list) => ({ name: `requires ${list}`, annotations: { [REQUIRED]: list } })),
  ...BROKEN.map((list) => ({ name: `requires ${list}`, annotations: { [REQUIRED]: list }, syntax: true })),
  ...[...TRUTHS, ...NO_TRUTHS].map((value) => ({ name: `tolerates ${value}`, annotations: { [TOLERATE]: value } })),
  { name: "a container's own", annotations: { [`${REQUIRED}/container.NAME`]: "[a]", [REQUIRED]: "[gone]" } },
  { name: "a pod's own", annotations: { [`${REQUIRED}/pod`]: "[gone]", [REQUIRED]: "[a]" } },
  { name: "another container's", annotations: { [`${REQUIRED}/container.other`]: "[gone]" } },
  { name: "an empty own", annotations: { [`${REQUIRED}/container.NAME`]: "", [REQUIRED]: "[gone]" } },
  {
    name: "tolerates in part",
    annotations: { [`${TOLERATE}/container.NAME`]: "1", [TOLERATE]: "0", [REQUIRED]: "[x]" },
  },
  { name: "tolerates wrongly", annotations: { [`${TOLERATE}/pod`]: "no", [TOLERATE]: "1" } },
  { name: "required, and a sysctl", annotations: { [REQUIRED]: "[gone]" }, first: sysctl({ a: "1" }) },
  { name: "required, and a hook", annotations: { [REQUIRED]: "[gone]" }, first: hook },
];

export const CASES: readonly ValidatorCase[] = [...adjustments, ...annotated];

const EVERYTHING = {
  Enable: true,
  RejectOCIHookAdjustment: true,
  RejectRuntimeDefaultSeccompAdjustment: true,
  RejectUnconfinedSeccompAdjustment: true,
  RejectCustomSeccompAdjustment: true,
  RejectNamespaceAdjustment: true,
  RejectSysctlAdjustment: true,
  TolerateMissingAnnotation: TOLERATE,
};

/** Options by the names of the Go structure. */
export const OPTIONS: Readonly<Record<string, JsonObject>> = {
  nothing: { Enable: true },
  everything: EVERYTHING,
  "required, and tolerated": { ...EVERYTHING, RequiredPlugins: ["10-a", "b", "gone"] },
  "required, without a way out": { Enable: true, RejectSysctlAdjustment: true, RequiredPlugins: ["gone", "a", 'q"'] },
  "default seccomp only": { Enable: true, RejectRuntimeDefaultSeccompAdjustment: true },
  "custom seccomp only": { Enable: true, RejectCustomSeccompAdjustment: true },
  off: { ...EVERYTHING, Enable: false },
};

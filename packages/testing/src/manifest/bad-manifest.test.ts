// Bad manifests: one line that says file, line, field and what was found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TestingError } from "../errors.js";
import { readDocuments } from "../input/read.js";
import { manifestToPods } from "./manifest.js";

const HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n";
const pod = (container: string) => `${HEAD}  containers:\n  - name: c0\n    image: nginx\n    ${container}\n`;

const CASES: [what: string, text: string, message: RegExp][] = [
  ["wrong YAML", "kind: Pod\nmetadata: {name: x\nspec: 1\n", /^bad\.yaml:[234]: invalid YAML: /],
  ["a tab as indentation", "kind: Pod\nmetadata:\n\tname: x\n", /^bad\.yaml:3: invalid YAML: /],
  ["a key twice", "kind: Pod\nkind: Pod\n", /^bad\.yaml:2: invalid YAML: .*unique/],
  ["wrong JSON", '{"kind": "Pod",\n "metadata": {"name": }\n', /^bad\.yaml:\d: invalid YAML: /],
  ["a binary file", "\x7fELF\0\0", /^bad\.yaml:1: .*zero byte/],
  ["deep nesting", `a: ${"[".repeat(200_000)}`, /^bad\.yaml:1: invalid YAML: /],
  ["a document that is a text", "hello\n", /^bad\.yaml:1: must be a map with apiVersion and kind, is the text "hello"/],
  ["nothing at all", "", /^bad\.yaml:1: no pod in this input: it holds no object/],
  [
    "only objects without pods",
    "kind: ConfigMap\nmetadata: {name: c}\n",
    /^bad\.yaml:1: no pod in this input: it holds ConfigMap c/,
  ],
  [
    "an unknown kind",
    "apiVersion: v1\nkind: Widget\n",
    /^bad\.yaml:2: kind "Widget" of "v1" is not known; known are Pod, /,
  ],
  [
    "a known kind of another group",
    "apiVersion: example.com/v1\nkind: Job\n",
    /^bad\.yaml:2: kind "Job" of "example\.com\/v1" is not known/,
  ],
  [
    "a kind of somebody else's that is called like one of Kubernetes'",
    "apiVersion: serving.knative.dev/v1\nkind: Service\n",
    /^bad\.yaml:2: kind "Service" of "serving\.knative\.dev\/v1" is not known/,
  ],
  ["a kind named like a property of objects", "kind: constructor\n", /^bad\.yaml:1: kind "constructor" is not known/],
  ["no kind", "metadata: {name: x}\n", /^bad\.yaml:1: kind is missing/],
  ["a kind that is a number", "kind: 3\n", /^bad\.yaml:1: kind must be text, is the number 3/],
  ["no name", "kind: Pod\nmetadata: {}\nspec: {}\n", /^bad\.yaml:2: metadata\.name is missing/],
  ["no spec", "kind: Pod\nmetadata: {name: x}\n", /^bad\.yaml:1: spec is missing/],
  [
    "a workload without template",
    "kind: Deployment\nmetadata: {name: x}\nspec:\n  replicas: 1\n",
    /^bad\.yaml:4: spec\.template\.spec is missing/,
  ],
  ["no containers", `${HEAD}  hostPID: true\n`, /^bad\.yaml:5: spec\.containers is missing/],
  ["an empty list of containers", `${HEAD}  containers: []\n`, /^bad\.yaml:5: spec\.containers must not be empty/],
  [
    "containers as text",
    `${HEAD}  containers: "x"\n`,
    /^bad\.yaml:5: spec\.containers must be a list, is the text "x"/,
  ],
  [
    "containers as a map",
    `${HEAD}  containers:\n    a: 1\n`,
    /^bad\.yaml:6: spec\.containers must be a list, is a map/,
  ],
  [
    "a container as text",
    `${HEAD}  containers:\n  - x\n`,
    /^bad\.yaml:6: spec\.containers\[0\] must be a map, is the text "x"/,
  ],
  [
    "an image as a number",
    `${HEAD}  containers:\n  - name: c\n    image: 3\n`,
    /^bad\.yaml:7: spec\.containers\[0\]\.image must be text, is the number 3/,
  ],
  ["no image", `${HEAD}  containers:\n  - name: c\n`, /^bad\.yaml:6: spec\.containers\[0\]\.image is missing/],
  [
    "a container's name twice",
    `${HEAD}  containers:\n  - {name: c, image: i}\n  - {name: c, image: i}\n`,
    /^bad\.yaml:7: spec\.containers\[1\]\.name "c" is the name of two/,
  ],
  [
    "limits as text",
    pod('resources: {limits: "abc"}'),
    /^bad\.yaml:8: spec\.containers\[0\]\.resources\.limits must be a map, is the text "abc"/,
  ],
  [
    "a quantity that is none",
    pod("resources: {limits: {memory: lots}}"),
    /^bad\.yaml:8: .*memory is not a quantity such as 500m or 64Mi: "lots"/,
  ],
  ["a negative quantity", pod('resources: {limits: {cpu: "-1"}}'), /^bad\.yaml:8: .*cpu must not be negative, is "-1"/],
  [
    "a quantity that is a list",
    pod("resources: {limits: {cpu: [1]}}"),
    /^bad\.yaml:8: .*cpu must be a quantity.*, is a list/,
  ],
  [
    "a request above its limit",
    pod("resources: {requests: {cpu: 2}, limits: {cpu: 1}}"),
    /^bad\.yaml:8: .*cpu must not be greater than the limit/,
  ],
  [
    "an argument that is a number",
    pod("args: [1]"),
    /^bad\.yaml:8: .*args\[0\] must be text, is the number 1 \(write it as "1"\)/,
  ],
  [
    "a variable that is a boolean",
    pod("env: [{name: A, value: true}]"),
    /^bad\.yaml:8: .*env\[0\]\.value must be text, is the boolean true/,
  ],
  ["variables as a map", pod("env: {A: b}"), /^bad\.yaml:8: .*env must be a list, is a map/],
  [
    "a user that is text",
    pod("securityContext: {runAsUser: root}"),
    /^bad\.yaml:8: .*runAsUser must be a whole number, is the text "root"/,
  ],
  [
    "a user below zero",
    pod("securityContext: {runAsUser: -1}"),
    /^bad\.yaml:8: .*runAsUser must be between 0 and 2147483647, is -1/,
  ],
  [
    "privileged as text",
    pod('securityContext: {privileged: "yes"}'),
    /^bad\.yaml:8: .*privileged must be true or false, is the text "yes"/,
  ],
  [
    "an unknown profile",
    pod("securityContext: {seccompProfile: {type: Magic}}"),
    /^bad\.yaml:8: .*type must be one of RuntimeDefault, Unconfined, Localhost, is "Magic"/,
  ],
  [
    "a mount of no volume",
    pod("volumeMounts: [{name: v, mountPath: /v}]"),
    /^bad\.yaml:8: .*volumeMounts\[0\]\.name "v" is no volume of this pod/,
  ],
  [
    "an unknown propagation",
    `${pod("volumeMounts: [{name: v, mountPath: /v, mountPropagation: Up}]")}  volumes: [{name: v, emptyDir: {}}]\n`,
    /mountPropagation must be one of None, HostToContainer, Bidirectional, is "Up"/,
  ],
  [
    "a label that is a number",
    "kind: Pod\nmetadata:\n  name: x\n  labels:\n    a: 1\nspec: {containers: [{name: c, image: i}]}\n",
    /^bad\.yaml:5: metadata\.labels\["a"\] must be text, is the number 1 \(write it as "1"\)/,
  ],
  [
    "labels as a list",
    "kind: Pod\nmetadata:\n  name: x\n  labels: [a]\nspec: {containers: [{name: c, image: i}]}\n",
    /^bad\.yaml:4: metadata\.labels must be a map, is a list/,
  ],
];

for (const [what, text, message] of CASES) {
  test(`${what} is refused with file and line`, () => {
    assert.throws(
      () => manifestToPods(readDocuments(text, "bad.yaml"), { file: "bad.yaml" }),
      (error: unknown) => {
        assert.ok(error instanceof TestingError, String(error));
        assert.equal(error.code, "invalid-input");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      },
    );
  });
}

test("variables that multiply each other are refused before they cost memory", () => {
  const bombs = Array.from(
    { length: 60 },
    (_, index) => `    - {name: V${index + 1}, value: "$(V${index})$(V${index})"}`,
  );
  const text = `${pod("env:")}    - {name: V0, value: xxxxxxxxxx}\n${bombs.join("\n")}\n`;
  assert.throws(() => manifestToPods(readDocuments(text, "bad.yaml")), /env\[\d+\] is longer than 1048576 characters/);
});

test("aliases that multiply objects are refused", () => {
  const lists = Array.from({ length: 12 }, (_, index) => {
    const items = index === 0 ? "" : Array.from({ length: 10 }, () => `*l${index - 1}`).join(", ");
    return `x${index}: &l${index} {kind: List, items: [${items}]}`;
  });
  const text = `kind: List\n${lists.join("\n")}\nitems: [*l11]\n`;
  assert.throws(() => manifestToPods(readDocuments(text, "bad.yaml")), /more than 10000 objects/);
});

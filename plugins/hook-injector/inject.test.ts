// Tests of injecting hooks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, PodSandbox } from "@nri/protocol";
import { parseHookFile } from "./hook-file.js";
import { injectHooks, subjectOf } from "./inject.js";

const POD = PodSandbox.create({ namespace: "default", name: "p", annotations: { both: "pod", pod: "1" } });
const CONTAINER = Container.create({ name: "c", args: ["sleep", "inf"], annotations: { both: "container", own: "2" } });

function files(given: Record<string, { path?: string; stages?: string[]; when?: object }>) {
  return new Map(
    Object.entries(given).map(([name, { path = "/bin/true", stages = ["poststop"], when = { always: true } }]) => {
      const hook = { path, args: ["x"], env: ["A=1"], timeout: 3 };
      return [name, parseHookFile(name, JSON.stringify({ version: "1.0.0", hook, when, stages }))] as const;
    }),
  );
}

test("hooks come in the order of their file names in lower case, each in all of its stages", () => {
  const adjust = injectHooks(
    POD,
    CONTAINER,
    files({
      "B.json": { path: "/bin/false", stages: ["poststop", "createRuntime"] },
      "a.json": { stages: ["prestart", "startContainer", "createContainer", "poststart", "poststop"] },
    }),
  );
  const { hooks } = adjust ?? {};
  const at = (list: readonly { path: string }[] = []) => list.map(({ path }) => path);
  assert.deepEqual(at(hooks?.poststop), ["/bin/true", "/bin/false"]);
  assert.deepEqual(at(hooks?.createRuntime), ["/bin/true", "/bin/false"]);
  assert.deepEqual([hooks?.prestart, at(hooks?.startContainer)], [[], ["/bin/true"]]);
  assert.deepEqual([at(hooks?.createContainer), at(hooks?.poststart)], [["/bin/true"], ["/bin/true"]]);
  const [hook] = hooks?.poststop ?? [];
  assert.deepEqual([hook?.args, hook?.env, hook?.timeout?.value], [["x"], ["A=1"], 3n]);
});

test("annotations of the pod go before those of the container, and any mount is a bind mount", () => {
  const { annotations, hasBindMounts } = subjectOf(POD, CONTAINER);
  assert.deepEqual(Object.fromEntries(annotations), { both: "pod", own: "2", pod: "1" });
  assert.equal(hasBindMounts, false);
  const mounts = [{ destination: "/proc", type: "proc" }];
  assert.equal(subjectOf(POD, Container.create({ ...CONTAINER, mounts })).hasBindMounts, true);
});

test("no match is no adjustment, a match without stages an empty one", () => {
  assert.equal(injectHooks(POD, CONTAINER, files({ "a.json": { when: { commands: ["sh"] } } })), undefined);
  const adjust = injectHooks(POD, CONTAINER, files({ "a.json": { stages: [] } }));
  assert.deepEqual([adjust?.hooks?.poststop, adjust?.mounts], [[], []]);
});

test("a condition that cannot be decided refuses the container, and names pod, container and file", () => {
  const container = Container.create({ name: "c" });
  assert.throws(() => injectHooks(POD, container, files({ "a.json": { when: { commands: ["sh"] } } })), {
    message:
      'hook generation failed: matching hook "a.json": process.args must have at least one entry' +
      " (pod default/p, container c, hook file a.json)",
  });
});

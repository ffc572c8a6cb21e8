// The plugin on a node without an engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertUnchanged, type FakeNode, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

/** What the plugin itself has logged, without what the SDK says around it. */
const told = (node: FakeNode) =>
  node.plugin("{{name}}").log.flatMap((line) => /^INFO +((?:pod|container|\d).*)$/.exec(line)?.[1] ?? []);

test("pods and containers are told of as they come and go, and nothing is changed", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.runPod(pod("web").container("app", { command: ["serve", "-v"] }));
  const app = await web.container("app").start();
  await app.stop({ exitCode: 3 });
  await web.remove();
  assert.deepEqual(told(node), [
    "0 pods and 0 containers are there",
    "pod default/web has come",
    "container default/web/app runs: serve -v",
    "container default/web/app has ended with code 3",
    "pod default/web is gone",
  ]);
  assert.deepEqual(app.changes, []);
});

test("what was there before the plugin came is counted", async () => {
  await using node = await fakeNode();
  const web = await node.play(pod("web").container("app"), { until: "postStartContainer" });
  await node.add(plugin);
  assert.deepEqual(told(node), ["1 pods and 1 containers are there"]);
  await web.remove();
  assertUnchanged(web.container("app"));
});

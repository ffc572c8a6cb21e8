// The plugin on a node without an engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustment } from "@nri/plugin";
import { assertAdjustment, assertRefused, assertUnchanged, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

const ANNOTATION = "class.{{name}}.example.com";

test("a container gets what its class sets, and no other container does", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(
    pod("web").annotation(`${ANNOTATION}/container.app`, "batch").container("app").container("sidecar"),
  );
  assertAdjustment(web.container("app"), adjustment().cpu({ shares: 64n }).pids(4096n));
  assertUnchanged(web.container("sidecar"));
});

test("the CPU weight of the class survives an update, the memory limit is Kubernetes'", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.runPod(pod("web").annotation(ANNOTATION, "latency").container("app"));
  const app = await web.container("app").start();
  await app.update({ cpu: "500m", memory: "64Mi" });
  assert.equal(app.spec?.linux?.resources?.cpu?.shares, 8192n);
  assert.equal(app.spec?.linux?.resources?.memory?.limit, 64n << 20n);
});

test("a class that nobody knows refuses the container", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(pod("web").annotation(ANNOTATION, "best").container("app"));
  assertRefused(web.container("app"), 'no class "best"; there are batch, latency');
});

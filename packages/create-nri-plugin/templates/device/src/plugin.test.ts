// The plugin on a node without an engine.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertRefused, assertUnchanged, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

const ANNOTATION = "devices.{{name}}.example.com";

test("a container gets the devices that the annotation names, and no other container does", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(
    pod("web").annotation(`${ANNOTATION}/container.app`, "fuse, tun").container("app").container("sidecar"),
  );
  const app = web.container("app");
  assert.deepEqual(
    app.changes.map(({ text }) => text),
    ["+ device /dev/fuse c 10:229 mode 666", "+ device /dev/net/tun c 10:200 mode 666"],
  );
  const devices = app.spec?.linux?.devices ?? [];
  assert.ok(devices.some(({ path, minor }) => path === "/dev/fuse" && minor === 229n));
  assertUnchanged(web.container("sidecar"));
});

test("a device that nobody knows refuses the container", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(pod("web").annotation(ANNOTATION, "floppy").container("app"));
  assertRefused(web.container("app"), 'no device "floppy"; there are fuse, kvm, tun');
});

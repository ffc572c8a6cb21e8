// The plugin on a node without an engine, beside plugins that go too far.
import { test } from "node:test";
import { adjustment, definePlugin } from "@nri/plugin";
import { assertAdjustment, assertRefused, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

const device = (path: string) => ({ path, type: "c", major: 10n, minor: 1n });
const gives = (path: string) =>
  definePlugin({ index: "05", name: "giver", createContainer: () => ({ adjust: adjustment().device(device(path)) }) });
const hooks = { poststop: [{ path: "/usr/bin/hook" }] };
const hooker = definePlugin({ name: "hooker", createContainer: () => ({ adjust: adjustment().hooks(hooks) }) });

test("hooks and unknown devices of other plugins are refused", async () => {
  await using node = await fakeNode({ plugins: [plugin, gives("/dev/mem"), { plugin: hooker, index: "06" }] });
  const web = await node.play(pod("web").container("app"));
  assertRefused(web.container("app"), "1 OCI hook(s) and device(s) /dev/mem are not allowed in namespace default");
});

test("known devices are allowed, and in kube-system everything is", async () => {
  await using fuse = await fakeNode({ plugins: [plugin, gives("/dev/fuse")] });
  const web = await fuse.play(pod("web").container("app"));
  assertAdjustment(web.container("app"), adjustment().device(device("/dev/fuse")));

  await using node = await fakeNode({ plugins: [plugin, gives("/dev/mem")] });
  const system = await node.play(pod("agent", "kube-system").container("app"));
  assertAdjustment(system.container("app"), adjustment().device(device("/dev/mem")));
});

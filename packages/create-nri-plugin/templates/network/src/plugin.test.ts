// The plugin on a node without an engine.
import { test } from "node:test";
import { adjustment } from "@nri/plugin";
import { assertAdjustment, assertRefused, assertUnchanged, fakeNode, pod } from "@nri/testing";
import { plugin } from "./plugin.js";

const DEVICES = "devices.{{name}}.example.com";
const SYSCTLS = "sysctls.{{name}}.example.com";

test("a container gets the devices and sysctls that the annotations name", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const web = await node.play(
    pod("web")
      .annotation(`${DEVICES}/container.router`, "eth1=net0, eth2=net1")
      .annotation(SYSCTLS, "net.core.somaxconn=1024")
      .container("router")
      .container("app"),
  );
  const sysctl = () => adjustment().sysctl("net.core.somaxconn", "1024");
  assertAdjustment(web.container("router"), sysctl().netDevice("eth1", "net0").netDevice("eth2", "net1"));
  assertAdjustment(web.container("app"), sysctl());
});

test("without annotations nothing is changed", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  assertUnchanged((await node.play(pod("web").container("app"))).container("app"));
});

test("what cannot be meant refuses the container", async () => {
  await using node = await fakeNode({ plugins: [plugin] });
  const refused = async (name: string, key: string, value: string, reason: string) =>
    assertRefused((await node.play(pod(name).annotation(key, value).container("app"))).container("app"), reason);
  await refused("one", DEVICES, "eth1", '"eth1" is not NAME=VALUE');
  await refused("two", SYSCTLS, "vm.swappiness=1", "vm.swappiness is none of the network's");
  const host = pod("three").annotation(SYSCTLS, "net.core.somaxconn=1").field("hostNetwork", true).container("app");
  assertRefused((await node.play(host)).container("app"), "on the host's network nothing of it may be changed");
});

// Tests of moving devices: what is left behind, whatever fails. In real namespaces: conformance/sample-plugins.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineLogger } from "@nri/plugin";
import { PodSandbox } from "@nri/protocol";
import { injectDevices, releaseDevices } from "./inject.js";
import { FakeKernel, HOST, POD } from "./kernel.fixture.js";

const ALL = "[{name: h0, new_name: eth1, address: 10.0.0.2, mtu: 1400}]";

function setUp(annotation = ALL, namespaces = [{ type: "network", path: POD }]) {
  const kernel = new FakeKernel();
  kernel.add(HOST, "lo", "LOOPBACK", "UP");
  kernel.add(HOST, "h0", "UP");
  kernel.add(HOST, "h1");
  kernel.add(POD, "lo", "LOOPBACK", "UP");
  const lines: string[] = [];
  const injector = {
    ip: kernel.ip,
    compat: "default",
    log: lineLogger((line) => lines.push(line)),
    hostNamespace: HOST,
    requestMs: 200,
  } as const;
  const annotations = { "netdevice.noderesource.dev": annotation };
  const pod = PodSandbox.create({ name: "web", namespace: "default", annotations, linux: { namespaces } });
  return { kernel, lines, run: () => injectDevices(injector, pod), stop: () => releaseDevices(injector, pod) };
}
const link = (kernel: FakeKernel, namespace: string, name: string) =>
  kernel.links[namespace]?.find(({ ifname }) => ifname === name);

test("a device goes into the pod with name, alias, MTU and address, and comes back down with its old name", async () => {
  const { kernel, lines, run, stop } = setUp();
  await run();
  const inPod = link(kernel, POD, "eth1");
  assert.deepEqual([inPod?.flags, inPod?.ifalias, inPod?.mtu, inPod?.addresses], [["UP"], "h0", 1400, ["10.0.0.2/32"]]);
  assert.equal(link(kernel, HOST, "h0"), undefined);
  await stop();
  assert.deepEqual(kernel.links[POD]?.length, 1);
  assert.deepEqual(link(kernel, HOST, "h0")?.flags, []);
  assert.deepEqual(lines, [
    'INFO  default/web: moved network device "h0" into the pod as "eth1"',
    'INFO  default/web: moved network device "eth1" of the pod back to "h0"',
  ]);
});

test("whichever step into the pod fails, all is as it was", async () => {
  const { kernel: whole, run: runWhole } = setUp();
  await runWhole();
  assert.equal(whole.changes.length, 8);
  for (const failing of whole.changes.keys()) {
    const { kernel, lines, run } = setUp();
    const before = kernel.state();
    kernel.failing = new Set([failing]);
    await run();
    assert.deepEqual(sorted(kernel.state()), sorted(before), whole.changes[failing]);
    assert.match(
      lines[0] ?? "",
      /^ERROR cannot move network device "h0" into the pod as "eth1": ip .*: failed as told \(pod default\/web, annotation /,
    );
    assert.equal(lines.length, 1);
  }
});

test("whichever step back fails, the pod has its device", async () => {
  for (let failing = 0; failing < 4; failing++) {
    const { kernel, lines, run, stop } = setUp("[{name: h0, new_name: eth1}]");
    await run();
    const before = kernel.state();
    kernel.failing = new Set([kernel.changes.length + failing]);
    await stop();
    assert.deepEqual(sorted(kernel.state()), sorted(before), kernel.changes.join("\n"));
    assert.match(lines[1] ?? "", /^ERROR cannot move network device "eth1" of the pod back to "h0": .*failed as told/);
  }
});

test("what cannot be undone is told", async () => {
  const { kernel, lines, run } = setUp();
  // the third, which moves the device, and the first that undoes
  kernel.failing = new Set([2, 3]);
  await run();
  assert.match(
    lines[0] ?? "",
    /failed as told; not undone: ip link set dev temp_2 name h0: failed as told; not undone: .*"h0" \(pod/,
  );
  assert.deepEqual(link(kernel, HOST, "temp_2")?.flags, []);
});

test("a command that hangs is given up in time, and what was done is undone", async (context) => {
  // the timer of a signal keeps no process alive
  const alive = setInterval(() => undefined, 1000);
  context.after(() => clearInterval(alive));
  const { kernel, lines, run } = setUp();
  const before = kernel.state();
  kernel.hanging = 5;
  await run();
  assert.deepEqual(sorted(kernel.state()), sorted(before));
  assert.equal(lines.length, 1);
});

test("what can be seen beforehand changes nothing, not even for a moment", async () => {
  const cases: Record<string, string> = {
    "[{name: none}]": 'the host has no device "none"',
    "[{name: lo, new_name: eth1}]": '"lo" is a loopback device',
    "[{name: h0, new_name: lo}]": 'the pod has a device "lo" already',
  };
  for (const [annotation, text] of Object.entries(cases)) {
    const { kernel, lines, run } = setUp(annotation);
    await run();
    assert.deepEqual(kernel.changes, []);
    assert.ok(lines[0]?.includes(text), lines[0]);
  }
});

test("devices behind one that cannot be moved stay", async () => {
  const { kernel, run } = setUp("[{name: none}, {name: h0, new_name: eth1}]");
  await run();
  assert.deepEqual(kernel.changes, []);
});

test("a device of the pod that does not come from the host is not taken out of it", async () => {
  const { kernel, lines, stop } = setUp("[{name: h0, new_name: eth0}]");
  kernel.add(POD, "eth0", "UP");
  await stop();
  assert.deepEqual(kernel.changes, []);
  assert.ok(lines[0]?.includes('its alias is "", so it does not come from the host'), lines[0]);
});

test("a pod on the host's network is refused when it starts, and left alone when it stops", async () => {
  for (const namespaces of [[], [{ type: "network", path: "" }], [{ type: "pid", path: "/x" }]]) {
    const { kernel, lines, run, stop } = setUp(ALL, namespaces);
    await assert.rejects(run(), {
      message:
        "trying to inject network device on host network Pod (pod default/web, annotation netdevice.noderesource.dev)",
    });
    await stop();
    assert.match(
      lines[0] ?? "",
      /^WARN {2}no network namespace to take network devices back from \(pod default\/web, /,
    );
    assert.deepEqual(kernel.changes, []);
  }
});

test("a namespace that is not there is told", async () => {
  const { lines, run } = setUp(ALL, [{ type: "network", path: "/run/netns/gone" }]);
  await run();
  assert.match(lines[0] ?? "", /cannot open \/run\/netns\/gone \(pod default\/web, annotation/);
});

function sorted(state: Record<string, { ifname: string }[]>) {
  for (const links of Object.values(state)) links.sort((one, other) => (one.ifname < other.ifname ? -1 : 1));
  return state;
}

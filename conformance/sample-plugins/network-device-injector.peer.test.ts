// Our network-device-injector and the Go one move real links between real network namespaces: the same links are left in them.
import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import { RefRuntime } from "../peers/refruntime.js";
import { program, root, skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { goProgram, recording } from "./go-lines.js";
import { DEVICE_CASES, type DeviceCase } from "./network-device-cases.js";
import { type LinkState, NetworkNamespace } from "./network-namespace.js";

const go = await goPeers();
const needs = [go, root, program("ip"), program("nsenter")];
const skip = skipUnless(...needs);
const OURS = join(repositoryDir, "plugins/dist/network-device-injector/network-device-injector.js");

/** What is there after one of the two requests. */
interface Left {
  readonly refused: boolean;
  readonly host: readonly LinkState[];
  readonly pod: readonly LinkState[];
}

/** What is left after each request of each case, with a plugin whose host is a namespace of the test. */
async function played(
  refruntime: string,
  [file, ...args]: readonly [string, ...string[]],
  cases: readonly DeviceCase[],
): Promise<{ left: Record<string, { readonly run: Left; readonly stop: Left }>; log: string[] }> {
  using folder = new TestFolder();
  using host = new NetworkNamespace("host");
  await using runtime = await RefRuntime.start({ binary: refruntime, socket: folder.socket });
  await using plugin = new Child("nsenter", [
    `--net=${host.path}`,
    file,
    ...args,
    "-idx",
    "10",
    "-socket",
    folder.socket,
  ]);
  await runtime.waitForPlugins(1);
  const left: Record<string, { run: Left; stop: Left }> = {};
  for (const { name, annotations, prepare, between, path } of cases) {
    using pod = new NetworkNamespace("pod");
    host.addLink("h0");
    host.addLink("h1");
    host.ip("link", "set", "dev", "h0", "up");
    prepare?.(host, pod);
    const namespaces = path === "" ? [] : [{ type: "network", path: path ?? pod.path }];
    const request = { pod: { id: "p", name: "web", namespace: "default", annotations, linux: { namespaces } } };
    const ask = async (op: string): Promise<Left> => {
      const { ok } = await runtime.try(op, request);
      // The Go plugin leaves its alias at a device that it could not move: not compared.
      return { refused: !ok, host: host.links().map((link) => ({ ...link, alias: "" })), pod: pod.links() };
    };
    const run = await ask("RunPodSandbox");
    between?.(host, pod);
    left[name] = { run, stop: await ask("StopPodSandbox") };
    for (const namespace of [host, pod]) namespace.clear();
  }
  return { left, log: [...plugin.stderr] };
}

const ours = (...args: string[]): [string, ...string[]] => [process.execPath, OURS, ...args];

test("with -compat reference the links are where the Go plugin leaves them", { skip }, async () => {
  const { refruntime } = use(go);
  const theirs = goProgram("network-device-injector");
  const fresh = theirs === undefined ? undefined : (await played(refruntime, [theirs], DEVICE_CASES)).left;
  const expected = recording("network-device-injector", fresh);
  if (fresh !== undefined) assert.deepEqual(fresh, expected);
  const { left } = await played(refruntime, ours("-compat", "reference"), DEVICE_CASES);
  assert.deepEqual(Object.keys(left), Object.keys(expected));
  for (const { name } of DEVICE_CASES) assert.deepEqual(left[name], expected[name], name);
});

const link = (name: string, more: Partial<LinkState> = {}): LinkState => ({
  name,
  alias: "",
  up: false,
  mtu: 1500,
  addresses: [],
  ...more,
});
const inPod = (name: string, alias: string, more: Partial<LinkState> = {}) => link(name, { alias, up: true, ...more });

/** Where our default differs: what is in the pod while it runs. */
const HONOURED: Readonly<Record<string, readonly LinkState[]>> = {
  "address, prefix and MTU": [inPod("eth1", "h0", { mtu: 1400, addresses: ["192.0.2.2/24"] })],
  "addresses without prefix": [
    inPod("eth1", "h0", { addresses: ["192.0.2.2/32"] }),
    inPod("eth2", "h1", { addresses: ["2001:db8::2/128"] }),
  ],
  "no new name": [inPod("h0", "h0")],
  "the documented key": [inPod("eth1", "h0")],
};

test("by default address, prefix, MTU, the name on the host and the documented key count as well", {
  skip,
}, async () => {
  const cases = DEVICE_CASES.filter(({ name }) => Object.hasOwn(HONOURED, name));
  assert.equal(cases.length, 4);
  const { left } = await played(use(go).refruntime, ours(), cases);
  for (const { name } of cases) {
    assert.deepEqual(left[name]?.run.pod, HONOURED[name], name);
    assert.deepEqual(left[name]?.stop.pod, []);
    // back under the old name, down, without addresses; the MTU stays
    const [h0, h1] = left[name]?.stop.host ?? [];
    assert.deepEqual([h0?.name, h0?.up, h0?.addresses], ["h0", false, []], name);
    assert.deepEqual([h1?.name, h1?.up, h1?.addresses], ["h1", false, []], name);
  }
});

test("when a pod stops, one device that is gone keeps no other from going back", { skip }, async () => {
  const { left, log } = await played(use(go).refruntime, ours(), [
    {
      name: "two",
      annotations: { "netdevice.noderesource.dev/pod": "[{name: h0, new_name: eth1}, {name: h1, new_name: eth2}]" },
      between: (_host, pod) => void pod.ip("link", "delete", "eth1"),
    },
  ]);
  assert.deepEqual(left.two?.stop, { refused: false, host: [link("h1")], pod: [] });
  assert.ok(
    log.includes(
      'ERROR cannot move network device "eth1" of the pod back to "h0": the pod has no device "eth1" (pod default/web, annotation netdevice.noderesource.dev/pod)',
    ),
    log.join("\n"),
  );
});

test("what the kernel refuses is undone, and told with pod and annotation", { skip }, async () => {
  const before = [link("h0", { up: true }), link("h1")];
  const { left, log } = await played(
    use(go).refruntime,
    ours(),
    DEVICE_CASES.filter(({ name }) => /^a new name|^a namespace|^no name/.test(name)),
  );
  assert.equal(Object.keys(left).length, 5);
  for (const { run, stop } of Object.values(left)) {
    assert.deepEqual(run.host, before);
    assert.deepEqual(stop.host, before);
    assert.ok(!run.refused && !stop.refused);
  }
  const place = "(pod default/web, annotation netdevice.noderesource.dev)";
  const told = log.filter((line) => line.startsWith("ERROR cannot move network device") && line.endsWith(place));
  // when it starts and when it stops
  assert.equal(told.length, 2 * Object.keys(left).length, log.join("\n"));
  assert.ok(told.some((line) => line.includes('the pod has a device "taken" already')));
  assert.ok(
    told.some((line) => line.includes('"abcdefghijklmnopq" is wrong')),
    told.join("\n"),
  );
});

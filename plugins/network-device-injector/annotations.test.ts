// Tests of what annotations ask for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PodSandbox } from "@nri/protocol";
import { type Compat, MAX_DEVICES, wantedDevices } from "./annotations.js";

const KEY = "netdevice.noderesource.dev";
const OLD = "netdevices.nri.containerd.io";
const DOCUMENTED = "netdevices.noderesource.dev";

const wanted = (annotations: Record<string, string>, compat: Compat = "default") =>
  wantedDevices(PodSandbox.create({ name: "web", namespace: "default", annotations }), compat);
const devices = (value: string, compat?: Compat) => wanted({ [KEY]: value }, compat)?.devices;

test("the name in the pod is that of the host, prefixes are those of a single address, unless the annotation says more", () => {
  assert.deepEqual(devices("[{name: a}]"), [{ name: "a", newName: "a" }]);
  assert.deepEqual(devices("[{name: a, new_name: b, address: 10.0.0.2, prefix: 24, mtu: 9000}]"), [
    { name: "a", newName: "b", address: "10.0.0.2/24", mtu: 9000 },
  ]);
  assert.deepEqual(devices("[{name: a, address: 10.0.0.2}, {name: b, address: 'fd00::2'}]"), [
    { name: "a", newName: "a", address: "10.0.0.2/32" },
    { name: "b", newName: "b", address: "fd00::2/128" },
  ]);
  assert.deepEqual(devices("[{name: a, prefix: 64, gateway: 10.0.0.1}]"), [{ name: "a", newName: "a" }]);
});

test("as the reference, nothing but the names counts, and they have no defaults", () => {
  assert.deepEqual(devices("[{name: a, address: 10.0.0.2, prefix: -7, mtu: 99999999999}]", "reference"), [
    { name: "a", newName: "" },
  ]);
});

test("the pod's scope goes before the bare key, the present key before the old one, the documented one comes last", () => {
  const first = (...keys: string[]) =>
    wanted(Object.fromEntries(keys.map((key) => [key, `[{name: ${key.length}}]`])))?.annotation.key;
  assert.equal(first(KEY, OLD, `${OLD}/pod`, `${KEY}/pod`), `${KEY}/pod`);
  assert.equal(first(KEY, OLD, `${OLD}/pod`), `${OLD}/pod`);
  assert.equal(first(`${DOCUMENTED}/pod`, DOCUMENTED, OLD), OLD);
  assert.equal(first(`${DOCUMENTED}/pod`, DOCUMENTED), `${DOCUMENTED}/pod`);
  assert.equal(first(`${KEY}/container.c0`), undefined);
  assert.equal(wanted({ [DOCUMENTED]: "[{name: a}]" }, "reference"), undefined);
});

test("an empty annotation asks for nothing, and hides others", () => {
  assert.equal(wanted({ [`${KEY}/pod`]: "", [KEY]: "[{name: a}]" }), undefined);
  assert.equal(wanted({ [KEY]: "[]" }), undefined);
});

test("what is wrong is told with pod and key", () => {
  const place = `(pod default/web, annotation ${KEY})`;
  const refused = (value: string, text: string) =>
    assert.throws(() => devices(value), { message: `${text} ${place}` }, value);
  refused("{name: a}", `invalid device annotation "${KEY}": value: expected a list, got a mapping`);
  refused("[{name: [a]}]", `invalid device annotation "${KEY}": value[0].name: expected a string, got a list`);
  refused("[{mtu: big}]", `invalid device annotation "${KEY}": value[0].mtu: expected an integer, got "big"`);
  refused("[{name: a, address: 10.0.0.256}]", "error parsing address 10.0.0.256");
  refused("[{name: a, address: 'fe80::1%eth0'}]", "error parsing address fe80::1%eth0");
  refused("[{name: a, address: 10.0.0.1, prefix: 33}]", "prefix 33 of address 10.0.0.1 is not between 0 and 32");
  refused("[{name: a, address: 10.0.0.1, prefix: -1}]", "prefix -1 of address 10.0.0.1 is not between 0 and 32");
  refused("[{name: a, mtu: 4294967296}]", "MTU 4294967296 is not between 0 and 2147483647");
  refused("[{name: a, mtu: -1}]", "MTU -1 is not between 0 and 2147483647");
  refused(`[${"{name: a},".repeat(MAX_DEVICES + 1)}]`, `${MAX_DEVICES + 1} devices, of ${MAX_DEVICES} at most`);
  assert.throws(() => devices("[{"), { message: new RegExp(`^invalid device annotation "${KEY}": `) });
  assert.throws(() => devices(`[{name: ${"x".repeat(1 << 20)}}]`), { message: /longer than 262144/ });
});

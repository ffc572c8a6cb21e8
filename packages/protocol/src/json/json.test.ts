// protojson at its edges; the messages themselves are in the golden and oracle tests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CreateContainerRequest, LinuxScheduler, PodSandbox, StateChangeEvent } from "../gen/messages.js";
import { fromJson, fromJsonString, type JsonValue, messageTypeByName, toJsonString } from "./index.js";

test("the key __proto__ survives both ways", () => {
  const text = '{"labels":{"__proto__":"x","a":"y"}}';
  const pod = fromJsonString(PodSandbox, text);
  assert.deepEqual(Object.entries(pod.labels), [
    ["__proto__", "x"],
    ["a", "y"],
  ]);
  assert.equal(toJsonString(PodSandbox, pod), text);
});

test("field names are taken in both spellings, 64-bit integers as strings and numbers", () => {
  const json = { cgroups_path: "/a", cgroupParent: "/b" };
  assert.deepEqual(fromJson(PodSandbox, { linux: json }).linux?.cgroupsPath, "/a");
  assert.equal(fromJson(LinuxScheduler, { runtime: "18446744073709551615", period: 7 }).runtime, 2n ** 64n - 1n);
});

test("enum values that we do not know stay numbers", () => {
  assert.equal(toJsonString(StateChangeEvent, { event: 99 }), '{"event":99}');
  assert.equal(fromJson(StateChangeEvent, { event: 99 }).event, 99);
  assert.equal(fromJson(StateChangeEvent, { event: "RUN_POD_SANDBOX" }).event, 1);
});

test("JSON that is not the message is refused with the path of the field", () => {
  const refuses = (json: JsonValue, text: RegExp) =>
    assert.throws(() => fromJson(CreateContainerRequest, json), { code: "invalid-json", message: text });
  refuses({ pod: { pid: -1 } }, /^CreateContainerRequest\.pod\.pid: .*-1 out of range/);
  refuses(
    { container: { linux: { resources: { memory: { limit: "x" } } } } },
    /\.container\.linux\.resources\.memory\.limit: /,
  );
  refuses({ container: { mounts: [{}, { destination: 1 }] } }, /\.container\.mounts\[1\]\.destination: /);
  refuses({ container: { labels: { a: 1 } } }, /\.container\.labels\["a"\]: |\.container\.labels: /);
  refuses(
    { container: { linux: { net_devices: { eth0: { nam: "" } } } } },
    /\.net_devices\["eth0"\]: .*key "nam" is unknown/,
  );
  refuses({ pods: {} }, /^CreateContainerRequest: .*key "pods" is unknown/);
  refuses([], /^CreateContainerRequest: /);
});

test("text that is not JSON is refused", () => {
  assert.throws(() => fromJsonString(PodSandbox, "{"), { code: "invalid-json", message: /^PodSandbox: / });
});

test("message types are found by name, with and without the package", () => {
  assert.equal(messageTypeByName("PodSandbox"), PodSandbox);
  assert.equal(messageTypeByName("nri.pkg.api.v1alpha1.PodSandbox"), PodSandbox);
  for (const name of ["", "Pod", "__proto__", "constructor", "other.PodSandbox"]) {
    assert.throws(() => messageTypeByName(name), { code: "unknown-message" });
  }
});

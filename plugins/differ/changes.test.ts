// Tests of differences between messages, as lines and as values. How they compare with the Go plugin's lines, field by field:
// conformance/sample-plugins/differ.peer.test.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, type Init } from "@nri/protocol";
import { changesOf } from "./changes.js";

type Given = Init<Container>;
const changes = (before: Given, after: Given) =>
  changesOf(Container.create(before), Container.create(after)).map(
    ({ kind, path, from, to }) => `${kind} ${path.join("/")} ${from} -> ${to}`,
  );

test("values that come, change and go are updates; equal messages have no changes", () => {
  const memory = (limit: bigint | undefined) => ({
    linux: { resources: { memory: limit === undefined ? {} : { limit: { value: limit } } } },
  });
  assert.deepEqual(changes(memory(5n), memory(5n)), []);
  assert.deepEqual(changes(memory(5n), memory(6n)), ["update Linux/Resources/Memory/Limit/Value 5 -> 6"]);
  assert.deepEqual(changes(memory(undefined), memory(6n)), ["update Linux/Resources/Memory/Limit <nil> -> value:6"]);
  assert.deepEqual(changes(memory(6n), memory(undefined)), ["update Linux/Resources/Memory/Limit value:6 -> <nil>"]);
  assert.deepEqual(changes({ state: 2 }, { state: 3 }), ["update State CONTAINER_PAUSED -> CONTAINER_RUNNING"]);
  assert.deepEqual(changes({ state: 2 }, { state: 77 }), ["update State CONTAINER_PAUSED -> 77"]);
});

test("entries that are in both lists are passed over wherever they are", () => {
  assert.deepEqual(changes({ env: ["A=1", "B=2", "C=3"] }, { env: ["C=3", "B=2", "A=1"] }), []);
  assert.deepEqual(changes({ env: ["A=1", "B=2"] }, { env: ["B=2", "A=7"] }), [
    "delete Env/0 A=1 -> <nil>",
    "create Env/1 <nil> -> A=7",
  ]);
  assert.deepEqual(changes({ env: ["A=1"] }, { env: ["A=2"] }), ["update Env/0 A=1 -> A=2"]);
  assert.deepEqual(changes({ args: ["x"] }, { args: ["x", "x"] }), ["create Args/1 <nil> -> x"]);
});

test("an entry with fields is told field by field", () => {
  const mounts = [{ destination: "/a", options: ["ro"] }];
  assert.deepEqual(changes({}, { mounts }), [
    "create Mounts/0/Destination <nil> -> /a",
    "create Mounts/0/Options/0 <nil> -> ro",
  ]);
  assert.deepEqual(changes({ mounts }, { mounts: [{ destination: "/a", options: ["rw"] }] }), [
    "update Mounts/0/Options/0 ro -> rw",
  ]);
});

test("keys of maps are data, also __proto__, and an empty value is an entry", () => {
  const annotations = Object.fromEntries([
    ["__proto__", ""],
    ["k.example/x", "1"],
  ]);
  assert.deepEqual(changes({}, { annotations }), [
    "create Annotations/__proto__ <nil> -> ",
    "create Annotations/k.example/x <nil> -> 1",
  ]);
  assert.deepEqual(changes({ linux: { netDevices: { eth1: { name: "a" } } } }, { linux: {} }), [
    "delete Linux/NetDevices/eth1/Name a -> <nil>",
  ]);
});

test("a value stays on its line", () => {
  assert.deepEqual(changes({ args: [] }, { args: ["a\nb\u001b[31m"] }), ["create Args/0 <nil> -> a\\nb\\u001b[31m"]);
  const scheduler = { policy: 2, priority: 5, flags: [1, 99], runtime: 2n ** 64n - 1n };
  assert.deepEqual(changes({ linux: {} }, { linux: { scheduler } }), [
    "update Linux/Scheduler <nil> -> policy:SCHED_FIFO priority:5 flags:SCHED_FLAG_RECLAIM flags:99 runtime:18446744073709551615",
  ]);
});

test("lists of any length are compared in one pass", { timeout: 30_000 }, () => {
  const list = (from: number) => Array.from({ length: 30_000 }, (_, index) => `V${from + index}=1`);
  assert.equal(changes({ env: list(0) }, { env: list(30_000) }).length, 30_000);
});

// Tests of the differ's lines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Container, LinuxResources, PodSandbox } from "@nri/protocol";
import type { View } from "./chain.js";
import { differenceLines, viewLines } from "./lines.js";

const pod = PodSandbox.create({ id: "p", name: "web" });
const view = (...env: string[]): View => ({
  event: "CreateContainer",
  pod,
  container: Container.create({ id: "c", env, args: ["a", "b", "c", "d", "e"], statusReason: "z" }),
});

test("one line for each difference, and one for each object without", () => {
  assert.deepEqual(differenceLines("05", view("A=1"), view("A=1", "B=2"), { verbosity: 0, yaml: false }), [
    "[5] CreateContainer: pod: <no changes>",
    "[5] CreateContainer: container: create: [Env 1]: From: <nil> -> To: B=2",
  ]);
});

test("with verbosity 2 both views are dumped around the differences", () => {
  const lines = differenceLines(
    "05",
    { event: "E", pod },
    { event: "E", pod: { ...pod, name: "x" } },
    { verbosity: 2, yaml: false },
  );
  assert.deepEqual(lines, [
    "[5] Original values for pod",
    "[05] E: pod:",
    "[05] E:    id: p",
    "[05] E:    name: web",
    "[5] E: pod: update: [Name]: From: web -> To: x",
    "[5] Values after changes for pod",
    "[05] E: pod:",
    "[05] E:    id: p",
    "[05] E:    name: x",
  ]);
});

test("with -yaml a difference is a diff with three lines around it", () => {
  assert.deepEqual(differenceLines("99", view("A=1"), view("A=2"), { verbosity: 2, yaml: true }), [
    "[99] CreateContainer: pod: <no changes>",
    "[99] CreateContainer: container:    - d",
    "[99] CreateContainer: container:    - e",
    "[99] CreateContainer: container:  env:",
    "[99] CreateContainer: container: -  - A=1",
    "[99] CreateContainer: container: +  - A=2",
    "[99] CreateContainer: container:  id: c",
    "[99] CreateContainer: container:  status_reason: z",
  ]);
});

test("what an update asks for is compared as well", () => {
  const update = (limit: bigint): View => ({
    ...view(),
    event: "UpdateContainer",
    resources: LinuxResources.create({ memory: { limit: { value: limit } } }),
  });
  assert.deepEqual(differenceLines("99", update(1n), update(2n), { verbosity: 0, yaml: false }).slice(-1), [
    "[99] UpdateContainer: resources: update: [Memory Limit Value]: From: 1 -> To: 2",
  ]);
});

test("YAML too long to be compared by lines is compared by fields", () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `V${index}=1`);
  assert.deepEqual(differenceLines("99", view(...many), view(...many, "B=2"), { verbosity: 0, yaml: true }).slice(-1), [
    "[99] CreateContainer: container: create: [Env 20000]: From: <nil> -> To: B=2",
  ]);
});

test("the first place shows all it sees", () => {
  assert.deepEqual(viewLines("00", { event: "RunPodSandbox", pod }), [
    "[00] RunPodSandbox: pod:",
    "[00] RunPodSandbox:    id: p",
    "[00] RunPodSandbox:    name: web",
  ]);
});

// What a plugin has started ends with it, and not before.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { fixture, isThere } from "./programs.fixture.js";

test("at the stop a plugin's child ends with it, though both end of nothing but SIGKILL", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    registrationTimeoutMs: 20_000,
    requestTimeoutMs: 500,
    limits: { exitGraceMs: 50, termGraceMs: 50 },
    plugins: [fixture("10", "clings.mjs")],
  });
  await eventually(() => lab.output.length > 0, "it tells its process ids");
  const pids = lab.output[0]?.line.match(/\d+/g)?.map(Number) ?? [];
  assert.deepEqual(pids.map(isThere), [true, true]);
  const plugin = lab.adaptation.plugins[0];
  await lab.adaptation.stop();
  assert.deepEqual(plugin?.exit, { code: null, signal: "SIGKILL" });
  await eventually(() => !pids.some(isThere), "both are gone");
});

test("with compat reference the program alone is killed: its child is left, as the reference leaves it", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    compat: "reference",
    registrationTimeoutMs: 20_000,
    plugins: [fixture("10", "clings.mjs")],
  });
  await eventually(() => lab.output.length > 0, "it tells its process ids");
  const [program = 0, child = 0] = lab.output[0]?.line.match(/\d+/g)?.map(Number) ?? [];
  const group = (pid: number | "self"): string | undefined =>
    readFileSync(`/proc/${pid}/stat`, "latin1").replace(/.*\) /s, "").split(" ")[2];
  assert.equal(group(program), group("self"), "no group of its own");
  await lab.adaptation.stop();
  assert.deepEqual([program, child].map(isThere), [false, true]);
  process.kill(child, "SIGKILL");
});

test("a program that leaves the real plugin behind does not take it along; it ends with its connection", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    registrationTimeoutMs: 20_000,
    plugins: [fixture("10", "forks.sh")],
  });
  const plugin = lab.adaptation.plugins[0];
  const pid = Number(lab.output.find(({ line }) => line.startsWith("plugin"))?.line.slice("plugin ".length));
  await eventually(() => plugin?.exit !== undefined, "the program itself has ended");
  assert.deepEqual([plugin?.state, isThere(pid)], ["active", true]);
  await lab.adaptation.stop();
  await eventually(() => !isThere(pid), "it is gone");
});

// Plugins that come and go, most of them badly, leave nothing behind in the runtime.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { fixture } from "./programs.fixture.js";

test("200 plugins that come and go leave no descriptor, child, timer or handle", async () => {
  const bad = ["exits.sh", "closes.sh", "exits.sh", "rubbish.sh", "missing.sh"];
  const round = async (count: number): Promise<void> => {
    await using lab = await startLab({
      socketPath: undefined,
      registrationTimeoutMs: 20_000,
      limits: { exitGraceMs: 20, maxConcurrentLaunches: 16 },
      restart: { attempts: 1, delayMs: 1 },
      plugins: [
        ...Array.from({ length: count }, (_, i) => fixture(String(10 + i), bad[i % 5] ?? "")),
        fixture("99", "good.mjs"),
      ],
    });
    const starts = (): number => lab.states.filter(({ state }) => state === "connecting").length;
    await eventually(() => starts() === 2 * count + 1, "all bad ones were started twice", 20_000);
  };
  const held = (): unknown => ({
    descriptors: readdirSync("/proc/self/fd").length,
    children: readFileSync(`/proc/self/task/${process.pid}/children`, "latin1"),
    resources: process.getActiveResourcesInfo().sort(),
  });
  await round(5); // what is loaded and opened once
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = held();
  await round(50);
  await round(50);
  const deadline = Date.now() + 3000; // sockets close a turn later
  while (Date.now() < deadline && JSON.stringify(held()) !== JSON.stringify(before)) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(held(), before);
});

// The runtime as a program that is killed: what it has started from a folder goes with it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { Folder, TOP } from "../lab.fixture.js";

const PATIENCE_MS = 20_000;
const FIXTURES = join(TOP, "packages/adaptation/fixtures");

/** Whether a process is there; one that is dead and waits to be reaped is not. */
function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

test("nri runtime that is killed leaves none of its plugins behind, also those that ignore every other signal", async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, "plugins"));
  // The first one registers and stays; the second never does; each has a child.
  const stays = `#!/bin/sh\nexec '${process.execPath}' '${join(FIXTURES, "clings.mjs")}'\n`;
  folder.file("plugins/10-stays", stays, 0o755);
  folder.file("plugins/20-silent", readFileSync(join(FIXTURES, "clings.sh")), 0o755);
  const args = ["runtime", "-v", "--plugin-path", join(folder.path, "plugins"), "--plugins", "1"];
  const runtime = spawn(process.execPath, [join(TOP, "packages/cli/bin/nri.js"), ...args], {
    stdio: ["pipe", "ignore", "pipe"], // steps may still come
  });
  const gone = new Promise<void>((resolve) => runtime.once("exit", () => resolve()));
  try {
    const pids: number[] = [];
    for await (const line of createInterface({ input: runtime.stderr })) {
      const [, plugin, child] = /plugin (\d+) child (\d+)/.exec(line) ?? [];
      if (plugin !== undefined && child !== undefined) pids.push(Number(plugin), Number(child));
      if (pids.length === 4) break;
    }
    assert.deepEqual(pids.map(isThere), [true, true, true, true]);
    runtime.kill("SIGKILL");
    await gone;
    for (const end = Date.now() + PATIENCE_MS; pids.some(isThere) && Date.now() < end; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(pids.filter(isThere), []);
  } finally {
    runtime.kill("SIGKILL");
  }
});

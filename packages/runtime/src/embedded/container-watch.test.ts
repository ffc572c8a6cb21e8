// What is told of containers of a runtime that tells nothing: real processes, and folders in place of the runtime's state.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { RuntimeState } from "../oci/real-runtime.js";
import { ContainerWatch } from "./container-watch.js";

class Lab implements AsyncDisposable {
  readonly root = mkdtempSync(join(tmpdir(), "nri-watch-"));
  readonly states: RuntimeState[] = [];
  readonly told: string[] = [];
  readonly watch = new ContainerWatch(this.root, async () => this.states, undefined);

  async start(): Promise<void> {
    await this.watch.start({
      exited: (id, { code, pid }) => this.told.push(`exited ${id} ${code} ${pid}`),
      removed: (id) => this.told.push(`removed ${id}`),
      lost: () => this.told.push("lost"),
    });
  }

  create(id: string, pid: number): void {
    mkdirSync(join(this.root, id));
    this.states.push({ id, pid, status: "running", bundle: "" });
  }

  async until(line: string): Promise<void> {
    for (let tries = 0; !this.told.includes(line); tries += 1) {
      assert.ok(tries < 500, `not told: ${line}; but ${this.told.join()}`);
      await pause(10);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.stop();
    rmSync(this.root, { recursive: true });
  }
}

test("the end of an expected container's process is told, and then that it is gone", async () => {
  await using lab = new Lab();
  const child = spawn("sleep", ["100"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  await lab.start();
  lab.watch.expect("a");
  lab.create("a", pid);
  await pause(500);
  assert.deepEqual(lab.told, []);
  child.kill("SIGKILL");
  await once(child, "exit");
  await lab.until(`exited a 0 ${pid}`);
  rmdirSync(join(lab.root, "a"));
  await lab.until("removed a");
  assert.deepEqual(lab.told, [`exited a 0 ${pid}`, "removed a"]);
});

test("a process with the id of one that has ended is another one", async () => {
  await using lab = new Lab();
  lab.create("a", process.pid);
  lab.watch.seen("a", process.pid);
  await lab.start();
  lab.watch.seen("a", 0);
  await lab.until(`exited a 0 ${process.pid}`);
});

test("a container that should have come and is never seen has everything compared", async () => {
  await using lab = new Lab();
  await lab.start();
  lab.watch.expect("quick");
  await lab.until("lost");
});

test("an id that is no folder's name is not looked for", async () => {
  await using lab = new Lab();
  await lab.start();
  for (const id of ["../etc", "..", ""]) {
    lab.watch.expect(id);
    lab.watch.seen(id, 1);
  }
  await pause(600);
  assert.deepEqual(lab.told, []);
});

// Ends and removals as the watch sees them, with files and processes of the test's own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { Exit } from "../domain.js";
import { type KnownEnd, LifeWatch } from "./life-watch.js";

class Lab {
  readonly dir: string;
  readonly told: string[] = [];
  readonly exits = new Map<string, Exit>();
  readonly watch: LifeWatch;
  readonly asked: string[] = [];
  answer: KnownEnd;

  constructor(t: TestContext) {
    this.dir = mkdtempSync(join(tmpdir(), "nri-lives-"));
    mkdirSync(join(this.dir, "exits"));
    this.watch = new LifeWatch(async (id) => {
      this.asked.push(id);
      return this.answer;
    }, undefined);
    const exited = (id: string, exit: Exit): void => {
      this.told.push(`exited ${id} ${exit.code}`);
      this.exits.set(id, exit);
    };
    this.watch.start({ exited, removed: (id) => void this.told.push(`removed ${id}`) }, join(this.dir, "exits"));
    t.after(async () => {
      await this.watch.stop();
      rmSync(this.dir, { recursive: true, force: true });
    });
  }

  container(id: string, infraId = "") {
    const folder = join(this.dir, id);
    mkdirSync(folder, { recursive: true });
    const exitDir = join(this.dir, "exits");
    return { id, place: { folder, storage: this.dir }, infraId, exitDir, pidFile: join(this.dir, `${id}.pid`) };
  }

  /** conmon has started it. */
  runs(id: string, pid: number): void {
    writeFileSync(join(this.dir, `${id}.pid`), String(pid));
  }

  ends(id: string, code: number): void {
    writeFileSync(join(this.dir, "exits", id), String(code));
  }

  takesAway(id: string): void {
    rmSync(join(this.dir, id), { recursive: true });
  }

  async until(line: string): Promise<void> {
    for (let times = 0; !this.told.includes(line); times++) {
      if (times > 400) throw new Error(`not told: ${line}, but ${this.told.join(", ")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

test("the end is told with the code of the exit file and the process, the removal when the folder is gone", async (t) => {
  const lab = new Lab(t);
  lab.watch.expect(lab.container("one"));
  lab.runs("one", process.pid);
  await lab.watch.lookOnce();
  assert.deepEqual(lab.told, []);
  lab.ends("one", 7);
  await lab.until("exited one 7");
  assert.equal(lab.exits.get("one")?.pid, process.pid);
  rmSync(join(lab.dir, "exits/one"));
  lab.takesAway("one");
  await lab.until("removed one");
  assert.deepEqual(lab.told, ["exited one 7", "removed one"]);
  assert.deepEqual(lab.asked, []);
});

test("a file of an earlier life says nothing of this one", async (t) => {
  const lab = new Lab(t);
  const container = lab.container("one");
  lab.ends("one", 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  lab.watch.expect(container);
  lab.runs("one", process.pid);
  lab.watch.died("one", { code: 1, at: 5n });
  await lab.watch.lookOnce();
  assert.deepEqual(lab.told, []);
});

test("a process that is gone without a file has the code that podman tells, or 255", async (t) => {
  const lab = new Lab(t);
  for (const [id, answer, code] of [
    ["one", { code: 3, at: 9n }, 3],
    ["two", undefined, 255],
  ] as const) {
    const child = spawn("sleep", ["100"]);
    lab.answer = answer;
    lab.watch.found(lab.container(id), child.pid ?? 0);
    child.kill("SIGKILL");
    await once(child, "exit");
    lab.takesAway(id); // at once: nobody waits for the file any more
    await lab.until(`removed ${id}`);
    assert.deepEqual(lab.told.splice(0), [`exited ${id} ${code}`, `removed ${id}`]);
  }
});

test("podman may be asked how a container has ended whose process is gone, and only of that", async (t) => {
  const lab = new Lab(t);
  lab.watch.found(lab.container("one"), process.pid);
  assert.equal(await lab.watch.endOf("one"), undefined);
  assert.equal(await lab.watch.endOf("unknown"), undefined);
  const child = spawn("sleep", ["100"]);
  lab.watch.found(lab.container("two"), child.pid ?? 0);
  child.kill("SIGKILL");
  await once(child, "exit");
  lab.answer = { code: 137, at: 9n };
  assert.deepEqual(await lab.watch.endOf("two"), { code: 137, at: 9n });
  assert.deepEqual(lab.asked, ["two"]);
});

test("a pod ends with the last of its containers, and is gone after them", async (t) => {
  const lab = new Lab(t);
  lab.watch.expect(lab.container("infra", "infra"));
  lab.runs("infra", process.pid);
  lab.watch.expect(lab.container("member", "infra"));
  lab.runs("member", process.pid);
  await lab.watch.lookOnce();
  lab.ends("infra", 0);
  lab.takesAway("infra");
  await lab.watch.lookOnce();
  assert.deepEqual(lab.told, []);
  lab.ends("member", 2);
  lab.takesAway("member");
  await lab.until("removed infra");
  assert.deepEqual(lab.told, ["exited member 2", "exited infra 0", "removed member", "removed infra"]);
});

test("a pod ends after a container that nobody has looked at since it was started", async (t) => {
  const lab = new Lab(t);
  lab.watch.expect(lab.container("infra", "infra"));
  lab.runs("infra", process.pid);
  await lab.watch.lookOnce();
  lab.watch.expect(lab.container("member", "infra"));
  lab.runs("member", process.pid);
  lab.ends("infra", 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(lab.told, []);
  lab.ends("member", 2);
  await lab.until("exited infra 0");
  assert.deepEqual(lab.told, ["exited member 2", "exited infra 0"]);
});

test("a pod ends after a container of which nothing is left", async (t) => {
  const lab = new Lab(t);
  lab.watch.expect(lab.container("infra", "infra"));
  lab.runs("infra", process.pid);
  lab.watch.expect(lab.container("member", "infra"));
  lab.takesAway("member");
  lab.ends("infra", 0);
  await lab.until("exited infra 0");
  assert.deepEqual(lab.told, ["removed member", "exited infra 0"]);
});

test("a folder of exit files that is made anew is watched again", async (t) => {
  const lab = new Lab(t);
  const exits = join(lab.dir, "exits");
  rmSync(exits, { recursive: true });
  await new Promise((resolve) => setTimeout(resolve, 50));
  mkdirSync(exits);
  lab.watch.expect(lab.container("one"));
  lab.runs("one", process.pid); // it lives on: nothing but the file tells
  await lab.watch.lookOnce();
  lab.ends("one", 4);
  await lab.until("exited one 4");
});

test("what never ran is gone without an end", async (t) => {
  const lab = new Lab(t);
  lab.watch.expect(lab.container("one"));
  lab.takesAway("one");
  await lab.until("removed one");
  assert.deepEqual(lab.told, ["removed one"]);
});

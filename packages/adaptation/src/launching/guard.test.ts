// A runtime that dies without a word leaves no plugin behind, whatever that is, nor what it has started, nor the guard.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { FIXTURES, isThere } from "./programs.fixture.js";

interface Killable extends Disposable {
  readonly pid: number;
  readonly guard: number;
  readonly others: readonly number[];
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** A runtime with plugins, and the processes of all: two of each plugin, and the guard. */
async function startRuntime(plugins: readonly string[]): Promise<Killable> {
  const runtime = spawn(process.execPath, [join(FIXTURES, "runtime-to-kill.mjs"), ...plugins], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true, // as from a shell with job control: a group of its own, that Ctrl-C goes to
  });
  const gone = new Promise<void>((resolve) => runtime.once("exit", () => resolve()));
  const others: number[] = [];
  let guard = 0;
  for await (const line of createInterface({ input: runtime.stdout })) {
    const numbers = line.match(/\d+/g)?.map(Number) ?? [];
    if (line.startsWith("guard")) {
      guard = numbers[0] ?? 0;
    } else {
      others.push(...numbers);
    }
    if (guard > 0 && others.length === 2 * plugins.length) {
      break;
    }
  }
  const pid = runtime.pid ?? 0;
  assert.deepEqual([pid, guard, ...others].map(isThere), [true, true, ...others.map(() => true)]);
  return {
    pid,
    guard,
    others,
    kill: (signal) => {
      process.kill(pid, signal);
      return gone;
    },
    [Symbol.dispose]: () => void runtime.kill("SIGKILL"),
  };
}

for (const plugin of ["clings.sh", "clings.mjs"]) {
  test(`SIGKILL of a runtime ends ${plugin}, which ignores all else, its child, and the guard: ten times`, async () => {
    for (let round = 0; round < 10; round += 5) {
      await Promise.all(
        Array.from({ length: 5 }, async () => {
          using runtime = await startRuntime([`10=${plugin}`]);
          const { guard, others } = runtime;
          await runtime.kill("SIGKILL");
          await eventually(() => [guard, ...others].every((pid) => !isThere(pid)), "nothing is left", 20_000);
        }),
      );
    }
  });
}

test("a runtime that dies between the start of a plugin and the word about it leaves nothing behind: five times", async () => {
  for (let round = 0; round < 5; round++) {
    const runtime = spawn(process.execPath, [join(FIXTURES, "runtime-dies-launching.mjs")], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    for await (const chunk of runtime.stdout) {
      told += chunk;
    }
    const pids = told.trim().split(" ").map(Number);
    assert.equal(pids.length, 2);
    await eventually(() => !pids.some(isThere), "neither plugin nor guard is left", 20_000);
  }
});

test("a runtime that exits without stopping its adaptation leaves nothing behind either", async () => {
  using runtime = await startRuntime(["10=clings.sh", "20=clings.sh"]);
  const { guard, others } = runtime;
  await runtime.kill("SIGUSR2");
  await eventually(() => [guard, ...others].every((pid) => !isThere(pid)), "nothing is left", 20_000);
});

test("Ctrl-C reaches the runtime alone; its guard, which the signal missed, does the rest", async () => {
  using runtime = await startRuntime(["10=clings.sh"]);
  const { pid, guard, others } = runtime;
  for (const other of [guard, others[0] ?? 0]) {
    const fields = readFileSync(`/proc/${other}/stat`, "latin1").replace(/.*\) /s, "").split(" ");
    assert.deepEqual(fields.slice(2, 5), [String(other), String(other), "0"], "own group and session, no terminal");
  }
  process.kill(guard, "SIGINT");
  process.kill(guard, "SIGTERM");
  process.kill(guard, "SIGHUP");
  const ended = runtime.kill("SIGSTOP"); // so that what the group gets is there before anybody reacts
  process.kill(-pid, "SIGINT");
  process.kill(-pid, "SIGCONT");
  await ended;
  await eventually(() => [guard, ...others].every((other) => !isThere(other)), "nothing is left", 20_000);
});

test("a guard that was killed is replaced, and the new one knows all plugins", async () => {
  using runtime = await startRuntime(["10=clings.sh"]);
  const { pid, guard, others } = runtime;
  process.kill(guard, "SIGKILL");
  const children = (): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ").map(Number).filter(isThere);
  await eventually(() => children().some((child) => child !== guard && !others.includes(child)), "there is a new one");
  const next = children();
  await runtime.kill("SIGKILL");
  await eventually(() => [...next, ...others].every((other) => !isThere(other)), "nothing is left", 20_000);
});

test("without launched plugins there is no guard, and with the last one it goes", async () => {
  const children = (): number[] =>
    readFileSync(`/proc/self/task/${process.pid}/children`, "latin1").trim().split(" ").filter(Boolean).map(Number);
  await using none = await startLab({ plugins: [] });
  assert.deepEqual(children(), []);
  const command = join(FIXTURES, "exits.sh");
  await using one = await startLab({ socketPath: undefined, plugins: [{ index: "10", name: "one", command }] });
  assert.match(one.warnings[0]?.text ?? "", /exited with code 3/);
  await eventually(() => children().length === 0, "the guard has ended though the adaptation goes on");
  assert.equal(none.warnings.length, 0);
});

test("a guard holds nothing of the runtime: its end of the pipe, /dev/null twice, and the root as its place", async () => {
  using runtime = await startRuntime(["10=clings.sh"]);
  const { guard } = runtime;
  const open = readdirSync(`/proc/${guard}/fd`).map((fd) => readlinkSync(`/proc/${guard}/fd/${fd}`));
  // Where the runtime itself was started with descriptors that it hands on, they are /dev/null, too.
  const kinds = new Set(open.map((target) => target.replace(/\d+/, "N")));
  assert.deepEqual(kinds, new Set(["socket:[N]", "/dev/null"]));
  assert.equal(open.filter((target) => target.startsWith("socket")).length, 1);
  assert.equal(readlinkSync(`/proc/${guard}/cwd`), "/");
  assert.equal(readFileSync(`/proc/${guard}/environ`, "latin1"), "PATH=/usr/bin:/bin\0");
  await runtime.kill("SIGKILL");
  await eventually(() => !isThere(guard), "it is gone", 20_000);
});

// The small parts: output lines and their allowance, turns, blocks of synchronisation, options.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createAdaptation } from "./adaptation.js";
import { SyncBlocks } from "./joining/sync-blocks.js";
import { OutputLines, OutputTail, ReadAllowance } from "./launching/output.js";
import { DEFAULT_LIMITS } from "./limits.js";
import { RequestQueue } from "./request-queue.js";

const limits = { ...DEFAULT_LIMITS, maxOutputLineBytes: 10, maxOutputLinesPerSecond: 3 };

function lines(chunks: (string | number)[]): { shown: string[]; kept: string[] } {
  const shown: string[] = [];
  const kept: string[] = [];
  let now = 0;
  const output = new OutputLines(
    limits,
    (line) => shown.push(line),
    (line) => kept.push(line),
    () => now,
  );
  for (const chunk of chunks) {
    if (typeof chunk === "number") {
      now += chunk;
    } else {
      output.push(Buffer.from(chunk));
    }
  }
  output.end();
  return { shown, kept };
}

test("output is cut into lines wherever the chunks end, the last one without its newline", () => {
  assert.deepEqual(lines(["a", "b\nc\r\n\n"]).shown, ["ab", "c", ""]);
  assert.deepEqual(lines(["x\ny"]).shown, ["x", "y"]);
  const bytes = Buffer.from("\u00e9\n");
  const shown: string[] = [];
  const output = new OutputLines(
    limits,
    (line) => shown.push(line),
    () => undefined,
  );
  output.push(bytes.subarray(0, 1));
  output.push(bytes.subarray(1));
  assert.deepEqual(shown, ["\u00e9"]);
});

test("a long line is cut off with a note, and the next one is whole", () => {
  assert.deepEqual(lines(["0123456789abc", "def\nnext\n"]).shown, ["0123456789 [6 more bytes in this line]", "next"]);
});

test("lines beyond the rate are counted and kept, and those of the next second are shown", () => {
  const { shown, kept } = lines(["1\n2\n3\n4\n5\n", 1000, "6\n"]);
  assert.deepEqual(shown, ["1", "2", "3", "[2 lines not shown: more than 3 in a second]", "6"]);
  assert.deepEqual(kept, ["1", "2", "3", "4", "5", "6"]);
  assert.equal(lines(["1\n2\n3\n4\n"]).shown.at(-1), "[1 lines not shown: more than 3 in a second]");
});

test("the tail keeps the end of the output within its bytes", () => {
  const tail = new OutputTail(10);
  for (let i = 0; i < 5000; i++) {
    tail.add(`line${i}`);
  }
  assert.equal(tail.text, "line4999\n");
});

test("turns are given in order, and a caller that gave up is passed over", async () => {
  const queue = new RequestQueue(10);
  assert.equal(queue.enter("a"), undefined);
  const order: string[] = [];
  const controller = new AbortController();
  const first = queue.enter("b")?.then(() => order.push("b"));
  const gone = queue.enter("c", controller.signal);
  const last = queue.enter("d")?.then(() => order.push("d"));
  controller.abort(new Error("enough"));
  await assert.rejects(gone ?? Promise.resolve(), { message: "enough" });
  assert.equal(queue.waiting, 2);
  queue.leave();
  await first;
  queue.leave();
  await last;
  assert.deepEqual(order, ["b", "d"]);
  queue.leave();
  assert.equal(queue.enter("e"), undefined);
});

test("handing over the state waits for all blocks, new blocks wait for it, and nobody overtakes who waits", async () => {
  const blocks = new SyncBlocks(10);
  const order: string[] = [];
  const noted = async <T>(name: string, what: Promise<T>): Promise<T> => {
    const got = await what;
    order.push(name);
    return got;
  };
  const one = await blocks.block();
  const two = await blocks.block();
  const sync = noted("sync", blocks.handOver());
  const sync2 = noted("sync 2", blocks.handOver());
  const later = noted("block", blocks.block());
  const last = noted("sync 3", blocks.handOver());
  one.unblock();
  one.unblock();
  await setImmediate();
  assert.deepEqual(order, []);
  two[Symbol.dispose]();
  await setImmediate();
  assert.deepEqual(order, ["sync", "sync 2"]);
  (await sync)();
  (await sync)();
  await setImmediate();
  assert.equal(order.length, 2, "the other one is not done");
  (await sync2)();
  (await later).unblock();
  (await last)();
  assert.deepEqual(order, ["sync", "sync 2", "block", "sync 3"]);
  const full = new SyncBlocks(1);
  await full.block();
  void full.handOver();
  await assert.rejects(full.handOver(), { code: "queue-full" });
});

test("options that make no sense are refused at the door, with name and value", () => {
  const good = {
    runtime: { name: "r", version: "v1" },
    synchronize: async () => undefined,
    updateContainers: async () => [],
  };
  for (const [bad, message] of [
    [{ requestTimeoutMs: 0 }, /requestTimeoutMs: 0 is no time/],
    [{ registrationTimeoutMs: 2 ** 31 }, /registrationTimeoutMs: 2147483648 is no time/],
    [{ limits: { maxPlugins: 0.5 } }, /limits\.maxPlugins: 0\.5 is no positive integer/],
    [{ compat: "v1" }, /compat: "v1" is neither/],
    [{ polices: {} }, /^polices: unknown option; known are runtime, .*policies/],
    [{ limits: { maxPlugin: 1 } }, /^limits\.maxPlugin: unknown option; known are .*maxPlugins/],
    [{ restart: true }, /^restart: true is no object/],
    [{ restart: { delay: 1 } }, /^restart\.delay: unknown option; known are attempts, delayMs/],
    [{ builtins: { index: "10", name: "x" } }, /^builtins: a object is no list/],
    [{ synchronize: undefined }, /nil SyncFn/],
    [{ updateContainers: undefined }, /nil UpdateFn/],
    [{ plugins: [{ index: "1", name: "x", command: "/x" }] }, /invalid plugin index "1"/],
  ] as const) {
    assert.throws(() => createAdaptation({ ...good, ...bad } as never), { code: "invalid-option", message });
  }
});

test("what may be read is limited in lines and in bytes, and too much of both is waited for", () => {
  let now = 0;
  const most = { ...DEFAULT_LIMITS, maxReadLinesPerSecond: 100, maxReadBytesPerSecond: 10_000 };
  const allowance = new ReadAllowance(most, () => now);
  assert.equal(allowance.read(10, 500), 0);
  assert.equal(allowance.read(1, 10), 100);
  now += 100;
  assert.equal(allowance.read(10, 1000), 0);
  now += 100;
  assert.equal(allowance.read(0, 3500), 300);
  now -= 50_000; // somebody sets the clock
  assert.equal(allowance.read(10, 1000), 0);
});

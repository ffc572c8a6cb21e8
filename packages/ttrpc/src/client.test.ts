// The client against a peer that the test plays, well-behaved or not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TtrpcClient } from "./client.js";
import { decodeRequest } from "./envelope.js";
import { type OversizeError, StatusError, TtrpcError } from "./errors.js";
import { encodeFrame } from "./frame.js";
import { ScriptedStream } from "./scripted-stream.fixture.js";

const NOTHING = new Uint8Array(0);
const ONE = Uint8Array.of(1);

function ids(stream: ScriptedStream): number[] {
  return stream.messages.map((message) => message.streamId);
}

test("stream ids are 1, 3, 5, each request is one write without flags, and answers may come in any order", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const calls = [1, 2, 3].map((n) => client.call("a.S", "M", Uint8Array.of(n)));
  assert.deepEqual(ids(stream), [1, 3, 5]);
  assert.equal(stream.writes, 3);
  assert.ok(stream.messages.every((message) => message.type === 1 && message.flags === 0));
  for (const id of [5, 1, 3]) stream.answer(id, Uint8Array.of(id));
  assert.deepEqual(await Promise.all(calls), [Uint8Array.of(1), Uint8Array.of(3), Uint8Array.of(5)]);
  assert.deepEqual(client.stats, { calls: 3, pending: 0, lateAnswers: 0, unanswered: 0, oversizeAnswers: 0 });
});

test("an answer may be kept although the chunk it came in is used again", async () => {
  const stream = new ScriptedStream();
  const call = new TtrpcClient(stream).call("a.S", "M", NOTHING);
  stream.answer(1, Uint8Array.of(1, 2, 3));
  assert.deepEqual(await call, Uint8Array.of(1, 2, 3));
});

test("the time-out travels in nanoseconds; without one nothing is said about it", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const calls = [2000, 0.5, Number.POSITIVE_INFINITY, undefined].map((timeoutMs) =>
    client.call("a.S", "M", NOTHING, { timeoutMs }),
  );
  const sent = stream.messages.map((message) => decodeRequest(message.data).timeoutNano);
  assert.deepEqual(sent, [2_000_000_000n, 500_000n, 0n, 0n]);
  for (const id of ids(stream)) stream.answer(id, NOTHING);
  await Promise.all(calls);
});

test("a call without an answer fails when its time is over; its late and doubled answers are ignored and counted", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  await assert.rejects(client.call("a.S", "Slow", NOTHING, { timeoutMs: 5 }), {
    code: "deadline-exceeded",
    message: "deadline exceeded: a.S/Slow not answered in 5 ms",
  });
  stream.answer(1, NOTHING);
  const call = client.call("a.S", "M", NOTHING);
  stream.answer(3, ONE);
  stream.answer(3, Uint8Array.of(9));
  stream.answer(77, NOTHING);
  stream.answer(0, NOTHING);
  assert.deepEqual(await call, ONE);
  assert.equal(client.stats.lateAnswers, 4);
});

test("calls that were given up count as unanswered until their answer comes; the oldest are forgotten at the maximum", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream, { limits: { maxPendingCalls: 2 } });
  const controller = new AbortController();
  const canceled = client.call("a.S", "M", NOTHING, { signal: controller.signal });
  controller.abort();
  await assert.rejects(canceled, { code: "canceled" });
  for (const expected of [2, 2]) {
    await assert.rejects(client.call("a.S", "M", NOTHING, { timeoutMs: 1 }), { code: "deadline-exceeded" });
    assert.equal(client.stats.unanswered, expected);
  }
  const [first = 0, second = 0, third = 0] = ids(stream);
  for (const [id, left] of [
    [third, 1],
    [third, 1],
    [first, 1],
    [second, 0],
  ] as const) {
    stream.answer(id, NOTHING);
    assert.equal(client.stats.unanswered, left);
  }
  assert.equal(client.stats.lateAnswers, 4);
});

test("a short deadline counts although a call with a longer one was there before", async () => {
  const client = new TtrpcClient(new ScriptedStream());
  const long = client.call("a.S", "Long", NOTHING, { timeoutMs: 600_000 });
  await assert.rejects(client.call("a.S", "Short", NOTHING, { timeoutMs: 1 }), { code: "deadline-exceeded" });
  await assert.rejects(client.call("a.S", "Short", NOTHING, { timeoutMs: 1 }), { code: "deadline-exceeded" });
  assert.equal(client.stats.pending, 1);
  client.close();
  await assert.rejects(long, { code: "closed" });
});

test("a long deadline counts after a shorter one has woken the timer", async () => {
  const client = new TtrpcClient(new ScriptedStream());
  const calls = [1, 30, 15].map((timeoutMs) => client.call("a.S", "M", NOTHING, { timeoutMs }));
  await Promise.all(calls.map((call) => assert.rejects(call, { code: "deadline-exceeded" })));
});

test("a deadline counts from its own call, also after a quiet time", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const first = client.call("a.S", "M", NOTHING, { timeoutMs: 10 });
  stream.answer(1, NOTHING);
  await first;
  await assert.rejects(client.call("a.S", "M", NOTHING, { timeoutMs: 30 }), { code: "deadline-exceeded" });
});

test("a time-out of zero or less has passed already: nothing is sent", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  for (const timeoutMs of [0, -5]) {
    await assert.rejects(client.call("a.S", "M", NOTHING, { timeoutMs }), { code: "deadline-exceeded" });
  }
  await assert.rejects(client.call("a.S", "M", NOTHING, { timeoutMs: Number.NaN }), { code: "invalid-argument" });
  assert.equal(stream.writes, 0);
});

test("an aborted signal cancels its call alone and leaves no listener behind", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const controller = new AbortController();
  const other = client.call("a.S", "M", NOTHING);
  const call = client.call("a.S", "M", NOTHING, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await assert.rejects(
    call,
    (error: TtrpcError) => error.code === "canceled" && (error.cause as Error).message === "enough",
  );
  await assert.rejects(client.call("a.S", "M", NOTHING, { signal: controller.signal }), { code: "canceled" });
  assert.equal(stream.writes, 2);
  stream.answer(1, ONE);
  assert.deepEqual(await other, ONE);
});

test("a status of the peer becomes a StatusError with code, text and the message a Go client prints", async () => {
  const stream = new ScriptedStream();
  const call = new TtrpcClient(stream).call("a.S", "M", NOTHING);
  stream.answer(1, new StatusError(12, "method M"));
  await assert.rejects(call, {
    name: "StatusError",
    status: 12,
    rawMessage: "method M",
    message: "rpc error: code = Unimplemented desc = method M",
  });
});

test("a request over 4 MiB fails here with both lengths; nothing is sent, its stream id is gone, the connection works", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  await assert.rejects(client.call("a.S", "M", new Uint8Array(4194304)), (error: OversizeError) => {
    assert.equal(error.code, "oversize");
    assert.equal(error.status, 8);
    assert.equal(error.maximumLength, 4194304);
    assert.equal(error.rejectedLength, 4194304 + 5 + 3 + 5);
    assert.equal(error.message, `message length ${error.rejectedLength} exceed maximum message size of 4194304`);
    return true;
  });
  assert.equal(stream.writes, 0);
  const call = client.call("a.S", "M", ONE);
  assert.deepEqual(ids(stream), [3]);
  stream.answer(3, ONE);
  assert.deepEqual(await call, ONE);
});

test("the envelope counts: a request of exactly the maximum is sent, one byte more is not", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream, { limits: { maxMessageBytes: 100 } });
  const calls = client.call("a.S", "M", new Uint8Array(90));
  assert.equal(stream.messages[0]?.data.length, 100);
  await assert.rejects(client.call("a.S", "M", new Uint8Array(91)), { code: "oversize", rejectedLength: 101 });
  stream.answer(1, NOTHING);
  await calls;
});

test("an answer over the maximum fails its call alone, and its data is not stored", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const [big, small] = [client.call("a.S", "M", NOTHING), client.call("a.S", "M", NOTHING)];
  stream.feed(Uint8Array.of(0, 0x40, 0, 1, 0, 0, 0, 1, 2, 0));
  for (let i = 0; i < 4; i++) stream.feed(new Uint8Array(1024 * 1024));
  stream.feed(ONE);
  stream.answer(3, ONE);
  await assert.rejects(big, { code: "oversize", rejectedLength: 4194305, status: 8 });
  assert.deepEqual(await small, ONE);
  assert.equal(client.stats.oversizeAnswers, 1);
});

test("a message that is no response fails its call alone", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  const calls = [1, 2, 3, 4].map(() => client.call("a.S", "M", NOTHING));
  const failures = [
    assert.rejects(calls[0] as Promise<unknown>, {
      code: "protocol",
      message: 'unexpected "data" message received: protocol error',
    }),
    assert.rejects(calls[1] as Promise<unknown>, { message: 'unexpected "unknown" message received: protocol error' }),
    assert.rejects(calls[2] as Promise<unknown>, { code: "protocol" }),
  ];
  stream.feed(encodeFrame(1, 3, 0, NOTHING), encodeFrame(3, 9, 0, NOTHING), encodeFrame(5, 2, 0, Uint8Array.of(0x0e)));
  await Promise.all(failures);
  stream.answer(7, ONE);
  assert.deepEqual(await calls[3], ONE);
});

test("a full write queue fails the call by name, and the connection works once there is room", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  stream.writeError = new TtrpcError("write-queue-full", "write queue full");
  await assert.rejects(client.call("a.S", "M", NOTHING, { timeoutMs: 1000 }), { code: "write-queue-full" });
  stream.writeError = undefined;
  const call = client.call("a.S", "M", NOTHING);
  assert.deepEqual(ids(stream), [3]);
  stream.answer(3, ONE);
  assert.deepEqual(await call, ONE);
});

test("calls that wait are bounded", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream, { limits: { maxPendingCalls: 2 } });
  const calls = [client.call("a.S", "M", NOTHING), client.call("a.S", "M", NOTHING)];
  await assert.rejects(client.call("a.S", "M", NOTHING), { code: "too-many-calls" });
  stream.answer(1, NOTHING);
  stream.answer(3, NOTHING);
  await Promise.all(calls);
});

test("when the peer goes, pending and later calls fail with `ttrpc: closed` and onClose runs once", async () => {
  const stream = new ScriptedStream();
  const reasons: (Error | undefined)[] = [];
  const client = new TtrpcClient(stream, { onClose: (reason) => reasons.push(reason) });
  const pending = [client.call("a.S", "M", NOTHING, { timeoutMs: 60_000 }), client.call("a.S", "M", NOTHING)];
  stream.end();
  stream.end(new Error("echo"));
  client.close(new Error("too late"));
  for (const call of pending) await assert.rejects(call, { code: "closed", message: "ttrpc: closed" });
  await assert.rejects(client.call("a.S", "M", NOTHING), { code: "closed", message: "ttrpc: closed" });
  assert.equal(await client.closed, undefined);
  assert.deepEqual(reasons, [undefined]);
});

test("closing by oneself closes the stream with the reason and tells onClose once", async () => {
  const stream = new ScriptedStream();
  const reasons: (Error | undefined)[] = [];
  const reason = new Error("shutdown");
  const client = new TtrpcClient(stream, { onClose: (why) => reasons.push(why) });
  const call = client.call("a.S", "M", NOTHING);
  client.close(reason);
  client.close();
  await assert.rejects(call, (error: TtrpcError) => error.code === "closed" && error.cause === reason);
  assert.deepEqual(reasons, [reason]);
  assert.deepEqual(stream.closes, [reason]);
  assert.equal(await client.closed, reason);
});

test("a peer that goes in the middle of a message is told from one that ended in order", async () => {
  const stream = new ScriptedStream();
  const client = new TtrpcClient(stream);
  stream.feed(Uint8Array.of(0, 0, 0, 9, 0, 0));
  stream.end();
  assert.match(String(await client.closed), /connection ended 6 bytes into a message/);
});

test("interceptors stand around a call, the first outermost, and may change, answer or refuse it", async () => {
  const stream = new ScriptedStream();
  const log: string[] = [];
  const client = new TtrpcClient(stream, {
    interceptors: [
      async (call, next) => {
        log.push(`outer ${call.method}`);
        const answer = await next({ ...call, options: { ...call.options, metadata: [["trace", "1"]] } });
        log.push("outer done");
        return answer;
      },
      (call, next) => {
        log.push("inner");
        if (call.method === "Cached") return Promise.resolve(ONE);
        if (call.method === "Forbidden") throw new Error("no");
        return next(call);
      },
    ],
  });
  assert.deepEqual(await client.call("a.S", "Cached", NOTHING), ONE);
  await assert.rejects(client.call("a.S", "Forbidden", NOTHING), { message: "no" });
  const call = client.call("a.S", "M", NOTHING);
  stream.answer(1, ONE);
  await call;
  assert.deepEqual(log, [
    "outer Cached",
    "inner",
    "outer done",
    "outer Forbidden",
    "inner",
    "outer M",
    "inner",
    "outer done",
  ]);
  assert.deepEqual(decodeRequest(stream.messages[0]?.data ?? NOTHING).metadata, new Map([["trace", ["1"]]]));
});

test("limits must be positive integers", () => {
  assert.throws(() => new TtrpcClient(new ScriptedStream(), { limits: { maxPendingCalls: 0 } }), {
    code: "invalid-argument",
    message: "limit maxPendingCalls must be a positive integer, got 0",
  });
});

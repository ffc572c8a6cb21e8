// The server against a peer that the test plays: every refusal of the reference, and ours.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TtrpcClient } from "./client.js";
import { decodeResponse, encodeRequest } from "./envelope.js";
import { StatusError, TtrpcError } from "./errors.js";
import { encodeFrame } from "./frame.js";
import type { Handler, HandlerContext } from "./interceptors.js";
import { streamPair } from "./memory-stream.js";
import { ScriptedStream } from "./scripted-stream.fixture.js";
import { TtrpcServer } from "./server.js";
import type { ServerConnection } from "./server-connection.js";

const NOTHING = new Uint8Array(0);
const ONE = Uint8Array.of(1);

interface Rig {
  readonly stream: ScriptedStream;
  readonly connection: ServerConnection;
  readonly server: TtrpcServer;
  request(streamId: number, method: string, payload?: Uint8Array, timeoutNano?: bigint): void;
  /** Answers until now: stream id with the payload's bytes, or with code and text. */
  answers(): unknown[];
}

function rig(methods: Record<string, Handler>, options?: ConstructorParameters<typeof TtrpcServer>[0]): Rig {
  const stream = new ScriptedStream();
  const server = new TtrpcServer(options).register("a.S", methods);
  const connection = server.serve(stream);
  return {
    stream,
    connection,
    server,
    request: (streamId, method, payload = NOTHING, timeoutNano = 0n) =>
      stream.feed(encodeFrame(streamId, 1, 0, encodeRequest({ service: "a.S", method, payload, timeoutNano }))),
    answers: () =>
      stream.messages.map((message) => {
        assert.equal(message.type, 2);
        assert.equal(message.flags, 0);
        const { status, payload } = decodeResponse(message.data);
        return status === undefined
          ? [message.streamId, ...payload]
          : [message.streamId, status.status, status.rawMessage];
      }),
  };
}

const echo: Handler = (payload) => payload;

test("a handler that needs no promise is answered in the same tick with one write", () => {
  const { stream, request, answers } = rig({ Echo: echo });
  request(1, "Echo", Uint8Array.of(7, 8));
  assert.deepEqual(answers(), [[1, 7, 8]]);
  assert.equal(stream.writes, 1);
});

test("answers leave in the order in which handlers finish", async () => {
  const finish: (() => void)[] = [];
  const { request, answers, connection } = rig({
    Echo: echo,
    Wait: (payload) => new Promise((resolve) => finish.push(() => resolve(payload))),
  });
  request(1, "Wait", ONE);
  request(3, "Wait", ONE);
  request(5, "Echo", ONE);
  assert.equal(connection.stats.running, 2);
  finish[1]?.();
  await Promise.resolve();
  await Promise.resolve();
  finish[0]?.();
  await new Promise(setImmediate);
  assert.deepEqual(answers(), [
    [5, 1],
    [3, 1],
    [1, 1],
  ]);
  assert.equal(connection.stats.running, 0);
});

test("a handler may keep its payload although the chunk it came in is used again", async () => {
  const { request, answers } = rig({
    Late: async (payload) => {
      await new Promise(setImmediate);
      return payload;
    },
  });
  request(1, "Late", Uint8Array.of(1, 2, 3));
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  assert.deepEqual(answers(), [[1, 1, 2, 3]]);
});

test("even and reused stream ids are refused, and the connection stays up", () => {
  const { request, answers, connection } = rig({ Echo: echo });
  request(2, "Echo");
  request(0, "Echo");
  request(5, "Echo");
  request(5, "Echo");
  request(3, "Echo");
  request(7, "Echo");
  assert.deepEqual(answers(), [
    [2, 3, "StreamID must be odd for client initiated streams"],
    [0, 3, "StreamID must be odd for client initiated streams"],
    [5],
    [5, 3, "StreamID cannot be re-used and must increment"],
    [3, 3, "StreamID cannot be re-used and must increment"],
    [7],
  ]);
  assert.deepEqual(connection.stats, { calls: 2, running: 0, refused: 4, ignored: 0 });
});

test("data for unknown streams is refused, messages of unknown type are ignored", () => {
  const { stream, request, answers, connection } = rig({ Echo: echo, Never: () => new Promise(() => undefined) });
  stream.feed(encodeFrame(9, 3, 0, ONE), encodeFrame(9, 2, 0, ONE), encodeFrame(9, 200, 0, ONE));
  request(11, "Never");
  stream.feed(encodeFrame(11, 3, 0, ONE));
  request(13, "Echo");
  assert.deepEqual(answers(), [[9, 3, "StreamID is no longer active"], [13]]);
  assert.equal(connection.stats.ignored, 3);
});

test("unknown services and methods are Unimplemented; names of object properties are no methods", () => {
  const { stream, request, answers } = rig({ Echo: echo });
  stream.feed(encodeFrame(1, 1, 0, encodeRequest({ service: "b.T", method: "Echo", payload: NOTHING })));
  request(3, "Nope");
  request(5, "toString");
  request(7, "__proto__");
  assert.deepEqual(answers(), [
    [1, 12, "service b.T"],
    [3, 12, "method Nope"],
    [5, 12, "method toString"],
    [7, 12, "method __proto__"],
  ]);
});

test("an envelope that does not decode is InvalidArgument", () => {
  const { stream, answers } = rig({ Echo: echo });
  stream.feed(encodeFrame(1, 1, 0, Uint8Array.of(0x0a, 5, 1)));
  assert.deepEqual(answers(), [[1, 3, "unmarshal request error: field is longer than its message at byte 2"]]);
});

test("a request over 4 MiB is passed over and refused, and the next one is served", () => {
  const { stream, request, answers } = rig({ Echo: echo });
  stream.feed(Uint8Array.of(0, 0x40, 0, 1, 0, 0, 0, 1, 1, 0));
  for (let i = 0; i < 4; i++) stream.feed(new Uint8Array(1024 * 1024));
  assert.deepEqual(answers(), []);
  stream.feed(ONE);
  request(3, "Echo", ONE);
  assert.deepEqual(answers(), [
    [1, 8, "message length 4194305 exceed maximum message size of 4194304"],
    [3, 1],
  ]);
});

test("an answer over 4 MiB becomes an error for that call, and the connection lives", () => {
  const { request, answers } = rig({ Echo: echo, Big: () => new Uint8Array(4194304) });
  request(1, "Big");
  request(3, "Echo", ONE);
  assert.deepEqual(answers(), [
    [1, 8, "message length 4194309 exceed maximum message size of 4194304"],
    [3, 1],
  ]);
});

test("an answer of exactly 4 MiB with its envelope is sent", () => {
  const { stream, request } = rig({ Big: () => new Uint8Array(4194304 - 5) });
  request(1, "Big");
  assert.equal(stream.messages[0]?.data.length, 4194304);
});

test("errors of handlers travel with their code and text, thrown or rejected", async () => {
  const { request, answers } = rig({
    Throws: () => {
      throw new Error("boom");
    },
    Rejects: () => Promise.reject(new StatusError(5, "no such pod")),
    Aborts: () => Promise.reject(new DOMException("stopped", "AbortError")),
    Nothing: (() => undefined) as unknown as Handler,
    Later: (() => Promise.resolve(null)) as unknown as Handler,
  });
  request(1, "Throws");
  request(3, "Nothing");
  request(5, "Rejects");
  request(7, "Aborts");
  request(9, "Later");
  await new Promise(setImmediate);
  assert.deepEqual(answers(), [
    [1, 2, "boom"],
    [3, 2, "ttrpc: marshal called with nil"],
    [5, 5, "no such pod"],
    [7, 1, "stopped"],
    [9, 2, "ttrpc: marshal called with nil"],
  ]);
});

test("the text of an error is bounded", () => {
  const { request, answers } = rig({
    Throws: () => {
      throw new Error("x".repeat(10_000_000));
    },
  });
  request(1, "Throws");
  assert.equal((answers()[0] as [number, number, string])[2].length, 65536 + 3);
});

test("the deadline of the caller aborts the handler's signal; without one there is no deadline", async () => {
  const contexts: HandlerContext[] = [];
  const { request, answers } = rig({
    Wait: (_payload, context) => {
      contexts.push(context);
      return new Promise((_resolve, reject) =>
        context.signal.addEventListener("abort", () => reject(context.signal.reason)),
      );
    },
    Ask: (_payload, context) => {
      contexts.push(context);
      return Uint8Array.of(context.signal.aborted ? 1 : 0);
    },
  });
  request(1, "Wait", NOTHING, 5_000_000n);
  request(3, "Ask");
  request(5, "Ask", NOTHING, -1n);
  request(7, "Ask", NOTHING, 2n ** 63n - 1n);
  assert.equal(typeof contexts[0]?.deadline, "number");
  assert.equal(contexts[1]?.deadline, undefined);
  await new Promise((resolve) => contexts[0]?.signal.addEventListener("abort", resolve));
  await new Promise(setImmediate);
  assert.deepEqual(answers(), [
    [3, 0],
    [5, 1],
    [7, 0],
    [1, 4, "deadline exceeded: a.S/Wait"],
  ]);
});

test("a signal asked for after the answer is not aborted by anything", async () => {
  let kept: HandlerContext | undefined;
  const { request, connection } = rig({
    Keep: (payload, context) => {
      kept = context;
      return payload;
    },
  });
  request(1, "Keep", NOTHING, 1n);
  await new Promise((resolve) => setTimeout(resolve, 2));
  connection.close();
  assert.equal(kept?.signal.aborted, false);
});

test("when the connection goes, running handlers see it and their answers are dropped", async () => {
  const contexts: HandlerContext[] = [];
  const finish: (() => void)[] = [];
  const { stream, request, connection } = rig({
    Wait: (payload, context) => {
      contexts.push(context);
      if (contexts.length === 1) assert.equal(context.signal.aborted, false);
      return new Promise((resolve) => finish.push(() => resolve(payload)));
    },
  });
  request(1, "Wait");
  request(3, "Wait");
  stream.end();
  assert.equal(await connection.closed, undefined);
  for (const context of contexts) {
    assert.equal(context.signal.aborted, true);
    assert.equal(context.signal.reason.code, "closed");
  }
  for (const go of finish) go();
  await new Promise(setImmediate);
  assert.equal(stream.writes, 0);
});

test("handlers that run at the same time are bounded per connection", () => {
  const { request, answers } = rig(
    { Echo: echo, Wait: () => new Promise(() => undefined) },
    { limits: { maxConcurrentCalls: 2 } },
  );
  request(1, "Wait");
  request(3, "Wait");
  request(5, "Wait");
  assert.deepEqual(answers(), [[5, 8, "2 calls are being handled already"]]);
});

test("what handlers that run at the same time hold is bounded per connection; one request alone is always handled", async () => {
  const finish: (() => void)[] = [];
  const wait = (): Promise<Uint8Array> => new Promise((resolve) => finish.push(() => resolve(NOTHING)));
  const { request, answers } = rig({ Echo: echo, Wait: wait }, { limits: { maxConcurrentBytes: 1000 } });
  request(1, "Wait", new Uint8Array(2000));
  request(3, "Wait", ONE);
  assert.deepEqual(answers(), [[3, 8, "calls with 2000 bytes are being handled already"]]);
  finish.pop()?.();
  await new Promise(setImmediate);
  request(5, "Wait", new Uint8Array(600));
  request(7, "Wait", new Uint8Array(400));
  request(9, "Wait", ONE);
  assert.deepEqual(answers().at(-1), [9, 8, "calls with 1000 bytes are being handled already"]);
  for (const go of finish) go();
  await new Promise(setImmediate);
  request(11, "Wait", new Uint8Array(1000));
  assert.equal(answers().length, 5);
});

test("a peer that does not read its answers loses the connection, with the reason", async () => {
  const { stream, request, connection } = rig({ Echo: echo });
  const full = new TtrpcError("write-queue-full", "write queue full");
  stream.writeError = full;
  request(1, "Echo");
  assert.equal(await connection.closed, full);
  assert.deepEqual(stream.closes, [full]);
});

test("an answer that finds no room in the queue becomes a short error, and the connection lives", async () => {
  const [near, far] = streamPair({ maxQueuedBytes: 10_000 });
  new TtrpcServer().register("a.S", { Big: () => new Uint8Array(6000) }).serve(far);
  const client = new TtrpcClient(near);
  const results = await Promise.allSettled([1, 2].map(() => client.call("a.S", "Big", NOTHING)));
  assert.equal(results[0]?.status, "fulfilled");
  const { status, rawMessage } = (results[1] as PromiseRejectedResult).reason as StatusError;
  assert.equal(status, 8);
  assert.match(rawMessage, /^write queue full: 60\d\d of 10000 bytes/);
  assert.equal((await client.call("a.S", "Big", NOTHING)).length, 6000);
});

test("a handler that closes its own connection ends it without an answer and without reading on", () => {
  const { stream, request, answers, connection } = rig({
    Bye: (payload) => {
      connection.close();
      return payload;
    },
  });
  const bye = encodeRequest({ service: "a.S", method: "Bye", payload: ONE });
  stream.feed(encodeFrame(1, 1, 0, bye), encodeFrame(3, 1, 0, bye));
  request(5, "Bye");
  assert.deepEqual(answers(), []);
  assert.equal(connection.stats.calls, 1);
});

test("metadata reaches the handler; too much of it is refused", () => {
  const seen: unknown[] = [];
  const { stream, answers } = rig(
    {
      Ask: (_payload, context) => {
        seen.push([context.service, context.method, context.metadata]);
        return NOTHING;
      },
    },
    { limits: { maxMetadataEntries: 2 } },
  );
  const request = { service: "a.S", method: "Ask", payload: NOTHING };
  stream.feed(encodeFrame(1, 1, 0, encodeRequest({ ...request, metadata: [["K", ["a", "b"]]] })));
  stream.feed(encodeFrame(3, 1, 0, encodeRequest({ ...request, metadata: [["K", ["a", "b", "c"]]] })));
  assert.deepEqual(seen, [["a.S", "Ask", new Map([["k", ["a", "b"]]])]]);
  assert.deepEqual(answers(), [[1], [3, 3, "unmarshal request error: more than 2 metadata entries"]]);
});

test("interceptors stand around handlers, the first outermost, and may answer or refuse by themselves", async () => {
  const log: string[] = [];
  const { request, answers } = rig(
    { Echo: echo, Later: async (payload) => payload },
    {
      interceptors: [
        (call, next) => {
          log.push(`outer ${call.context.method}`);
          return next(call);
        },
        (call, next) => {
          log.push("inner");
          if (call.payload.length === 0) throw new StatusError(3, "empty");
          return next({ ...call, payload: Uint8Array.of(...call.payload, 9) });
        },
      ],
    },
  );
  request(1, "Echo", ONE);
  request(3, "Echo");
  request(5, "Later", ONE);
  await new Promise(setImmediate);
  assert.deepEqual(answers(), [
    [1, 1, 9],
    [3, 3, "empty"],
    [5, 1, 9],
  ]);
  assert.deepEqual(log, ["outer Echo", "inner", "outer Echo", "inner", "outer Later", "inner"]);
});

test("a service is registered once, a closed server serves nobody", async () => {
  const { server, connection } = rig({ Echo: echo });
  assert.throws(() => server.register("a.S", {}), {
    code: "invalid-argument",
    message: "service a.S is registered twice",
  });
  server.close();
  server.close();
  assert.equal((await connection.closed)?.message, "ttrpc: server closed");
  assert.throws(() => server.serve(new ScriptedStream()), { code: "closed", message: "ttrpc: server closed" });
});

// Client and server together, over streams in memory.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TtrpcClient } from "./client.js";
import { StatusError } from "./errors.js";
import type { Handler } from "./interceptors.js";
import { streamPair } from "./memory-stream.js";
import { TtrpcServer } from "./server.js";
import type { ByteReceiver, ByteStream } from "./stream.js";
import { type Codec, callTyped, decodePayload, typedHandler } from "./typed.js";

function pair(methods: Record<string, Handler>): { client: TtrpcClient; server: TtrpcServer } {
  const [near, far] = streamPair();
  const server = new TtrpcServer().register("a.S", methods);
  server.serve(far);
  return { client: new TtrpcClient(near), server };
}

test("payloads of every size arrive unchanged, one after the other and all at once", async () => {
  const { client } = pair({ Echo: (payload) => payload });
  const sizes = [0, 1, 127, 128, 4085, 4086, 4087, 65535, 65536, 1048576, 4194304 - 32];
  for (const size of sizes) {
    const answer = await client.call("a.S", "Echo", new Uint8Array(size).fill(size % 251));
    assert.equal(answer.length, size);
    assert.ok(answer.every((byte) => byte === size % 251));
  }
  const answers = await Promise.all(
    sizes.map((size) => client.call("a.S", "Echo", new Uint8Array(Math.min(size, 70000)))),
  );
  assert.deepEqual(
    answers.map((answer) => answer.length),
    sizes.map((size) => Math.min(size, 70000)),
  );
});

test("one encoded payload can go to many peers", async () => {
  const payload = Uint8Array.of(1, 2, 3);
  const peers = [1, 2, 3].map(() => pair({ Echo: (bytes) => bytes }));
  const answers = await Promise.all(peers.map(({ client }) => client.call("a.S", "Echo", payload)));
  for (const answer of answers) assert.deepEqual(answer, payload);
});

test("a caller's time-out is seen on both sides", async () => {
  const aborted: unknown[] = [];
  const { client } = pair({
    Hang: (_payload, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          aborted.push(signal.reason.code);
          setTimeout(() => resolve(new Uint8Array(0)), 5);
        });
      }),
    Echo: (payload) => payload,
  });
  await assert.rejects(client.call("a.S", "Hang", new Uint8Array(0), { timeoutMs: 10 }), { code: "deadline-exceeded" });
  while (client.stats.lateAnswers === 0) await new Promise((resolve) => setTimeout(resolve, 2));
  assert.deepEqual(aborted, ["deadline-exceeded"]);
  assert.equal((await client.call("a.S", "Echo", Uint8Array.of(1))).length, 1);
});

test("oversized requests and answers fail their call; the connection goes on", async () => {
  const { client } = pair({ Echo: (payload) => payload, Big: () => new Uint8Array(5_000_000) });
  await assert.rejects(client.call("a.S", "Echo", new Uint8Array(4194304)), { code: "oversize" });
  await assert.rejects(client.call("a.S", "Big", new Uint8Array(0)), { name: "StatusError", status: 8 });
  assert.deepEqual(await client.call("a.S", "Echo", Uint8Array.of(1)), Uint8Array.of(1));
});

test("disposing of one side closes the other", async () => {
  const { client, server } = pair({ Hang: () => new Promise(() => undefined) });
  const call = client.call("a.S", "Hang", new Uint8Array(0));
  await server[Symbol.asyncDispose]();
  await assert.rejects(call, { code: "closed" });
  assert.equal(await client.closed, undefined);
  await client[Symbol.asyncDispose]();
});

test("a peer that does not read fills a bounded queue; then writing is refused by name", async () => {
  const [near] = streamPair({ maxQueuedBytes: 10_000 });
  const client = new TtrpcClient(near);
  const calls = Array.from({ length: 12 }, () => client.call("a.S", "M", new Uint8Array(1000)));
  assert.ok(near.queuedBytes > 9000 && near.queuedBytes <= 10_000);
  client.close();
  const codes = await Promise.all(calls.map((call) => call.catch((error) => error.code)));
  assert.deepEqual(codes, [...Array(9).fill("closed"), ...Array(3).fill("write-queue-full")]);
});

test("a stream that delivers the answer while the request is being written is served as well", async () => {
  const receivers: ByteReceiver[] = [];
  const end = (peer: number): ByteStream => ({
    write: (parts) => receivers[peer]?.data(Buffer.concat(parts)),
    open: (receiver) => receivers.push(receiver),
    close: () => undefined,
    queuedBytes: 0,
  });
  const client = new TtrpcClient(end(1));
  new TtrpcServer().register("a.S", { Echo: (payload) => payload }).serve(end(0));
  assert.deepEqual(await client.call("a.S", "Echo", Uint8Array.of(4), { timeoutMs: 60_000 }), Uint8Array.of(4));
  assert.deepEqual(client.stats, { calls: 1, pending: 0, lateAnswers: 0, unanswered: 0, oversizeAnswers: 0 });
});

const text: Codec<string> = {
  encode: (message) => new TextEncoder().encode(message),
  decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
};
const shout = { service: "a.S", name: "Shout", request: text, response: text };

test("typed calls and handlers speak messages; what does not decode is told apart by side", async () => {
  const { client } = pair({
    Shout: typedHandler(shout, (request) => (request === "later" ? Promise.resolve("LATER") : request.toUpperCase())),
    Garbage: () => Uint8Array.of(0xff),
  });
  assert.equal(await callTyped(client, shout, "hello"), "HELLO");
  assert.equal(await callTyped(client, shout, "later"), "LATER");
  await assert.rejects(client.call("a.S", "Shout", Uint8Array.of(0xff)), (error: StatusError) => {
    assert.equal(error.status, 13);
    assert.match(error.rawMessage, /^ttrpc: error unmarshalling payload: /);
    return true;
  });
  await assert.rejects(callTyped(client, { ...shout, name: "Garbage" }, "x"), {
    code: "protocol",
    message: /^answer of a\.S\/Garbage does not decode: /,
  });
  assert.throws(() => decodePayload(text, Uint8Array.of(0xff)), StatusError);
});

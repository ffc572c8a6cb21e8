// A whole connection, multiplexer and ttRPC, against bytes that no honest peer sends.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ByteReceiver,
  type ByteStream,
  decodeResponse,
  encodeFrame,
  encodeRequest,
  encodeResponse,
  FrameDecoder,
  type Handler,
  MessageType,
  streamPair,
  TtrpcClient,
  TtrpcServer,
} from "@nri/ttrpc";
import fc from "fast-check";
import { MuxDecoder, muxFrames } from "./frame.js";
import { Mux } from "./mux.js";

const NOTHING = new Uint8Array(0);
const echo: Handler = (payload) => payload;

/** A trunk that hands the test's bytes over at once, in the chunks in which they are given, and keeps what is written. */
class ScriptedTrunk implements ByteStream {
  readonly answers: { conn: number; streamId: number; status: number; text: string; length: number }[] = [];
  closedWith: (Error | undefined)[] = [];
  queuedBytes = 0;
  #receiver: ByteReceiver | undefined;
  #conn = 0;
  readonly #decoder = new FrameDecoder(
    {
      frame: (streamId, _type, _flags, data) => {
        const { status, payload } = decodeResponse(data);
        const answer = {
          conn: this.#conn,
          streamId,
          status: status?.status ?? 0,
          text: status?.rawMessage ?? "",
          length: payload.length,
        };
        this.answers.push(answer);
      },
      oversize: () => assert.fail(),
    },
    4194304,
  );
  readonly #mux = new MuxDecoder({
    frame: (id) => {
      this.#conn = id;
    },
    piece: (bytes) => this.#decoder.push(bytes),
  });

  write(parts: readonly Uint8Array[]): void {
    this.#mux.push(Buffer.concat(parts));
  }

  open(receiver: ByteReceiver): void {
    this.#receiver = receiver;
  }

  close(reason?: Error): void {
    this.closedWith.push(reason);
  }

  feed(chunk: Uint8Array): void {
    this.#receiver?.data(chunk);
  }
}

async function serve(): Promise<{ trunk: ScriptedTrunk; mux: Mux }> {
  const trunk = new ScriptedTrunk();
  const mux = new Mux(trunk);
  new TtrpcServer().register("a.S", { Echo: echo }).serve(mux.open(1));
  await new Promise((resolve) => setImmediate(resolve));
  return { trunk, mux };
}

function request(streamId: number, payload: Uint8Array): Uint8Array {
  return encodeFrame(streamId, MessageType.REQUEST, 0, encodeRequest({ service: "a.S", method: "Echo", payload }));
}

test("4 MiB in pieces of one byte take less than 5 seconds", async () => {
  const { trunk } = await serve();
  const size = 4194304 - 64;
  const stream = Buffer.concat(muxFrames(1, [request(1, new Uint8Array(size).fill(7))]));
  const piece = new Uint8Array(1);
  const started = performance.now();
  for (const byte of stream) {
    piece[0] = byte;
    trunk.feed(piece);
  }
  const seconds = (performance.now() - started) / 1000;
  assert.deepEqual(trunk.answers, [{ conn: 1, streamId: 1, status: 0, text: "", length: size }]);
  assert.ok(seconds < 5, `${seconds} s`);
});

test("4 MiB in frames of one byte are read as well", async () => {
  const { trunk } = await serve();
  const message = request(1, new Uint8Array(200_000).fill(7));
  const stream = new Uint8Array(message.length * 9);
  for (const [index, byte] of message.entries()) stream.set([0, 0, 0, 1, 0, 0, 0, 1, byte], index * 9);
  for (let at = 0; at < stream.length; at += 65536) trunk.feed(stream.subarray(at, at + 65536));
  assert.equal(trunk.answers[0]?.length, 200_000);
});

test("unknown connections, empty frames, even and reused streams disturb nobody", async () => {
  const { trunk, mux } = await serve();
  const frame = (id: number, message: Uint8Array): Uint8Array => Buffer.concat(muxFrames(id, [message]));
  trunk.feed(
    Buffer.concat([frame(9, request(1, NOTHING)), frame(0, NOTHING), frame(1, NOTHING), frame(0, request(1, NOTHING))]),
  );
  trunk.feed(
    frame(1, Buffer.concat([request(3, NOTHING), request(2, NOTHING), request(3, NOTHING), request(5, NOTHING)])),
  );
  assert.deepEqual(
    trunk.answers.map(({ streamId, status }) => [streamId, status]),
    [
      [3, 0],
      [2, 3],
      [3, 3],
      [5, 0],
    ],
  );
  assert.equal(mux.stats.droppedFrames, 3);
  assert.deepEqual(trunk.closedWith, []);
});

test("an announced ttRPC message of 4 GiB is passed over in frames without taking memory", async () => {
  const { trunk } = await serve();
  const before = process.memoryUsage().arrayBuffers;
  trunk.feed(Buffer.concat(muxFrames(1, [Buffer.from("ffffffff000000010100", "hex")])));
  const filler = Buffer.concat(muxFrames(1, [new Uint8Array(65536)]));
  for (let i = 0; i < 2000; i++) trunk.feed(filler);
  assert.ok(process.memoryUsage().arrayBuffers - before < 4 * 1024 * 1024);
  assert.deepEqual(trunk.answers, []);
});

test("late and doubled answers over the multiplexer are ignored and counted", async () => {
  const [near, far] = streamPair();
  const client = new TtrpcClient(new Mux(near).open(1));
  const peer = new Mux(far).open(1);
  peer.open({ data: () => undefined, closed: () => undefined });
  await assert.rejects(client.call("a.S", "Slow", NOTHING, { timeoutMs: 2 }), { code: "deadline-exceeded" });
  const call = client.call("a.S", "Echo", NOTHING);
  for (const streamId of [1, 3, 3, 2]) {
    peer.write([encodeFrame(streamId, MessageType.RESPONSE, 0, encodeResponse(Uint8Array.of(streamId)))]);
  }
  assert.deepEqual(await call, Uint8Array.of(3));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(client.stats.lateAnswers, 3);
});

test("a peer that stops reading: the queue stays bounded on both connections, calls are refused by name", async () => {
  const [near] = streamPair({ maxQueuedBytes: 100_000 });
  const mux = new Mux(near);
  const clients = [new TtrpcClient(mux.open(1)), new TtrpcClient(mux.open(2))];
  const codes: Promise<unknown>[] = [];
  for (let i = 0; i < 40; i++) {
    const client = clients[i % 2] as TtrpcClient;
    codes.push(client.call("a.S", "Echo", new Uint8Array(5000)).catch((error) => error.code));
    assert.ok(near.queuedBytes <= 100_000);
  }
  mux.close();
  const seen = await Promise.all(codes);
  assert.equal(seen.filter((code) => code === "closed").length, 19);
  assert.equal(seen.filter((code) => code === "write-queue-full").length, 21);
});

test("rubbish on the trunk gives answers, silence or a named end, never a throw", async () => {
  const interesting = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc
      .record({ id: fc.constantFrom(0, 1, 2, 9), bytes: fc.uint8Array({ maxLength: 60 }) })
      .map(({ id, bytes }) => Buffer.concat(muxFrames(id, [bytes]))),
    fc
      .record({ stream: fc.nat(9), type: fc.nat(4), flags: fc.nat(7), data: fc.uint8Array({ maxLength: 30 }) })
      .map(({ stream, type, flags, data }) => Buffer.concat(muxFrames(1, [encodeFrame(stream, type, flags, data)]))),
    fc.nat(20).map((stream) => Buffer.concat(muxFrames(1, [request(stream, Uint8Array.of(1))]))),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(interesting, { maxLength: 12 }), async (chunks) => {
      const { trunk } = await serve();
      for (const chunk of chunks) trunk.feed(chunk);
      for (const reason of trunk.closedWith) assert.equal((reason as Error & { code: string }).code, "oversize");
    }),
    { numRuns: 300 },
  );
});

test("calls of any size in trunk chunks of any size are answered with the same bytes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(20_000), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 9000 }),
      async (sizes, chunk) => {
        const [near, far] = streamPair();
        new TtrpcServer().register("a.S", { Echo: echo }).serve(new Mux(rechunked(far, chunk)).open(1));
        const client = new TtrpcClient(new Mux(rechunked(near, chunk)).open(1));
        const answers = await Promise.all(
          sizes.map((size) => client.call("a.S", "Echo", new Uint8Array(size).fill(size))),
        );
        for (const [index, answer] of answers.entries()) {
          const size = sizes[index] ?? 0;
          assert.equal(Buffer.compare(answer, new Uint8Array(size).fill(size)), 0);
        }
        client.close();
      },
    ),
    { numRuns: 40 },
  );
});

/** The same stream with its incoming bytes joined and cut anew, in one buffer that is used again for every chunk. */
function rechunked(stream: ByteStream, size: number): ByteStream {
  const buffer = new Uint8Array(size);
  return {
    write: (parts) => stream.write(parts),
    open: (receiver) =>
      stream.open({
        data: (chunk) => {
          for (let at = 0; at < chunk.length; at += size) {
            const piece = chunk.subarray(at, at + size);
            buffer.set(piece);
            receiver.data(buffer.subarray(0, piece.length));
            buffer.fill(0xee);
          }
        },
        closed: (reason) => receiver.closed(reason),
      }),
    close: (reason) => stream.close(reason),
    get queuedBytes() {
      return stream.queuedBytes;
    },
  };
}

// Recorded sessions between Go and Go, byte by byte: our mux and ttRPC take the streams apart, our codec reads every
// message, and what our encoders make of it are the recorded streams again, frames and all. Map entries come back in
// the order in which they were read, so no order needs to be forgiven.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import * as protocol from "@nri/protocol";
import {
  type ByteReceiver,
  type ByteStream,
  decodeRequest,
  decodeResponse,
  encodeFrame,
  encodeRequest,
  encodeResponse,
  FrameDecoder,
  MessageType,
} from "@nri/ttrpc";
import { goldenDir } from "./paths.js";

const SESSIONS = ["full-session", "noop-session", "big-message"] as const;
const MAX_MESSAGE_BYTES = 4 << 20;

type Direction = "plugin->runtime" | "runtime->plugin";

interface Session {
  readonly streams: Readonly<Record<Direction, string>>;
  readonly frames: readonly { readonly dir: Direction; readonly completes: readonly number[] }[];
  readonly messages: readonly GoldenMessage[];
}

interface GoldenMessage {
  readonly dir: Direction;
  readonly conn: number;
  readonly length: number;
  readonly stream: number;
  readonly type: "request" | "response";
  readonly flags: number;
  readonly service?: string;
  readonly method: string;
  readonly timeout_nano?: number | string;
  readonly payload_type: string;
  readonly payload: string;
}

interface Received {
  readonly conn: number;
  readonly stream: number;
  readonly type: number;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** A trunk whose bytes a test feeds and collects. */
class Tape implements ByteStream {
  readonly queuedBytes = 0;
  readonly written: Uint8Array[] = [];
  receiver: ByteReceiver | undefined;
  write(parts: readonly Uint8Array[]): void {
    this.written.push(...parts.map((part) => part.slice()));
  }
  open(receiver: ByteReceiver): void {
    this.receiver = receiver;
  }
  close(): void {
    this.receiver?.closed();
  }
}

function load(name: string): Session {
  return JSON.parse(readFileSync(join(goldenDir, `${name}.json`), "utf8")) as Session;
}

/** Takes a direction's stream apart; `chunkBytes` at a time. */
async function receive(bytes: Uint8Array, chunkBytes: number): Promise<Received[]> {
  const tape = new Tape();
  const mux = new protocol.Mux(tape, { blockedRead: true });
  const received: Received[] = [];
  for (const conn of [protocol.PLUGIN_CONNECTION, protocol.RUNTIME_CONNECTION]) {
    const decoder = new FrameDecoder(
      {
        frame: (stream, type, flags, data) => received.push({ conn, stream, type, flags, data: new Uint8Array(data) }),
        oversize: (_stream, _type, length) => assert.fail(`oversize: ${length}`),
      },
      MAX_MESSAGE_BYTES,
    );
    mux.open(conn).open({ data: (chunk) => decoder.push(chunk), closed: () => undefined });
  }
  // connections begin to deliver in the next microtask
  await Promise.resolve();
  mux.unblock();
  for (let at = 0; at < bytes.length; at += chunkBytes) tape.receiver?.data(bytes.subarray(at, at + chunkBytes));
  return received;
}

/** Decodes a message all the way down and encodes it again. */
function again(received: Received, golden: GoldenMessage): Uint8Array {
  const { type, stream, flags, data } = received;
  const codec = (protocol as unknown as Record<string, protocol.MessageType<object>>)[golden.payload_type];
  assert.ok(codec, `a codec for ${golden.payload_type}`);
  if (type === MessageType.REQUEST) {
    const request = decodeRequest(data);
    assert.deepEqual([request.service, request.method], [golden.service, golden.method]);
    assert.equal(request.timeoutNano, BigInt(golden.timeout_nano ?? 0));
    assert.equal(Buffer.from(request.payload).toString("hex"), golden.payload);
    const payload = codec.encode(codec.decode(request.payload));
    return encodeFrame(stream, type, flags, encodeRequest({ ...request, payload }));
  }
  const response = decodeResponse(data);
  assert.equal(Buffer.from(response.payload).toString("hex"), golden.payload);
  const payload = codec.encode(codec.decode(response.payload));
  return encodeFrame(stream, type, flags, encodeResponse(response.status ?? payload));
}

for (const name of SESSIONS) {
  for (const direction of ["plugin->runtime", "runtime->plugin"] as const) {
    test(`${name}, ${direction}: decoded and encoded again gives the recorded bytes`, async () => {
      const { streams, messages, frames } = load(name);
      const bytes = Buffer.from(streams[direction], "hex");
      // in the order in which their last byte was sent
      const golden = frames
        .filter(({ dir }) => dir === direction)
        .flatMap(({ completes }) => completes.map((n) => messages[n]));
      const received = await receive(bytes, bytes.length);
      assert.equal(received.length, golden.length);

      const out = new Tape();
      const mux = new protocol.Mux(out);
      const connections = new Map([1, 2].map((id) => [id, mux.open(id)]));
      for (const [index, message] of received.entries()) {
        const wanted = golden[index];
        assert.ok(wanted);
        assert.deepEqual(
          {
            conn: message.conn,
            stream: message.stream,
            type: message.type,
            flags: message.flags,
            length: message.data.length,
          },
          {
            conn: wanted.conn,
            stream: wanted.stream,
            type: MessageType[wanted.type === "request" ? "REQUEST" : "RESPONSE"],
            flags: wanted.flags,
            length: wanted.length,
          },
        );
        connections.get(message.conn)?.write([again(message, wanted)]);
      }
      assert.equal(Buffer.concat(out.written).toString("hex"), streams[direction]);
    });
  }

  test(`${name}: the same messages come out of single bytes`, async () => {
    const { streams } = load(name);
    for (const text of Object.values(streams)) {
      const bytes = Buffer.from(text, "hex");
      const whole = await receive(bytes, bytes.length);
      assert.ok(whole.length > 0);
      assert.deepEqual(await receive(bytes, 1), whole);
    }
  });
}

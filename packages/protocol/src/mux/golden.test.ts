// What the Go implementation sent over a socket, cut everywhere, through multiplexer and ttRPC, both ways.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  decodeRequest,
  decodeResponse,
  encodeFrame,
  encodeRequest,
  encodeResponse,
  FrameDecoder,
  MessageType,
} from "@nri/ttrpc";
import { MuxDecoder, muxFrames } from "./frame.js";

interface GoldenMessage {
  readonly dir: string;
  readonly conn: number;
  readonly stream: number;
  readonly type: "request" | "response";
  readonly flags: number;
  readonly header: string;
  readonly service?: string;
  readonly method: string;
  readonly timeout_nano?: number;
  readonly status?: { readonly code: number; readonly message: string } | null;
  readonly payload: string;
}

interface Session {
  readonly streams: Readonly<Record<string, string>>;
  readonly frames: readonly { readonly dir: string; readonly conn: number; readonly length: number }[];
  readonly messages: readonly GoldenMessage[];
}

const MAX = 4194304;

function session(name: string): Session {
  return JSON.parse(readFileSync(new URL(`../../../../conformance/golden/${name}.json`, import.meta.url), "utf8"));
}

/** A trunk's bytes in, ttRPC messages out, as `conn streamId type flags data`. */
function reader() {
  const messages: string[] = [];
  const frames: number[][] = [];
  const decoders = new Map<number, FrameDecoder>();
  let current: FrameDecoder | undefined;
  const mux = new MuxDecoder({
    frame: (id, length) => {
      frames.push([id, length]);
      current = decoders.get(id);
      if (current === undefined) {
        const frame = (streamId: number, type: number, flags: number, data: Uint8Array): void => {
          messages.push(`${id} ${streamId} ${type} ${flags} ${Buffer.from(data).toString("hex")}`);
        };
        current = new FrameDecoder({ frame, oversize: () => assert.fail() }, MAX);
        decoders.set(id, current);
      }
    },
    piece: (bytes) => current?.push(bytes),
  });
  return { mux, messages, frames };
}

/** The envelope that we make of a golden message's parts. */
function envelope(message: GoldenMessage): Uint8Array {
  const payload = Buffer.from(message.payload, "hex");
  if (message.type === "request") {
    return encodeRequest({
      service: message.service ?? "",
      method: message.method,
      payload,
      timeoutNano: BigInt(message.timeout_nano ?? 0),
    });
  }
  return encodeResponse(payload);
}

for (const name of ["full-session", "noop-session", "big-message"]) {
  const golden = session(name);
  for (const [direction, hex] of Object.entries(golden.streams)) {
    const stream = new Uint8Array(Buffer.from(hex, "hex"));
    const messages = golden.messages.filter((message) => message.dir === direction);
    const frames = golden.frames.filter((frame) => frame.dir === direction);
    const whole = reader();
    whole.mux.push(stream);

    test(`${name}, ${direction}: frames and messages are the recorded ones`, () => {
      assert.ok(messages.length > 0);
      assert.equal(whole.mux.within, undefined);
      assert.deepEqual(
        whole.frames,
        frames.map((frame) => [frame.conn, frame.length]),
      );
      const types = { request: MessageType.REQUEST, response: MessageType.RESPONSE };
      const heads = messages.map(
        (message) => `${message.conn} ${message.stream} ${types[message.type]} ${message.flags}`,
      );
      assert.deepEqual(
        whole.messages.map((message) => message.split(" ").slice(0, 4).join(" ")),
        heads,
      );
    });

    test(`${name}, ${direction}: the same in pieces of 1, 2, 3, 7, 100, 4096 and 5000 bytes`, () => {
      for (const size of [1, 2, 3, 7, 100, 4096, 5000]) {
        const { mux, messages: seen } = reader();
        for (let at = 0; at < stream.length; at += size) mux.push(stream.slice(at, at + size));
        assert.deepEqual(seen, whole.messages, `pieces of ${size}`);
      }
    });

    test(`${name}, ${direction}: envelopes decode to the recorded parts and encode to the same bytes`, () => {
      for (const [index, message] of messages.entries()) {
        const data = Buffer.from(whole.messages[index]?.split(" ")[4] ?? "", "hex");
        if (message.type === "request") {
          const request = decodeRequest(data);
          assert.equal(request.service, message.service);
          assert.equal(request.method, message.method);
          assert.equal(Number(request.timeoutNano), message.timeout_nano ?? 0);
          assert.equal(Buffer.from(request.payload).toString("hex"), message.payload);
          assert.equal(Buffer.from(encodeRequest(request)).toString("hex"), data.toString("hex"));
        } else {
          const { status, payload } = decodeResponse(data);
          assert.deepEqual(
            status === undefined ? null : { code: status.status, message: status.rawMessage },
            message.status ?? null,
          );
          assert.equal(Buffer.from(payload).toString("hex"), message.payload);
          assert.equal(Buffer.from(encodeResponse(status ?? payload)).toString("hex"), data.toString("hex"));
        }
      }
    });

    test(`${name}, ${direction}: our frames around the same messages are the recorded bytes`, () => {
      const ours = messages.flatMap((message, index) => {
        const data = Buffer.from(whole.messages[index]?.split(" ")[4] ?? "", "hex");
        const type = message.type === "request" ? MessageType.REQUEST : MessageType.RESPONSE;
        return muxFrames(message.conn, [encodeFrame(message.stream, type, message.flags, data)]);
      });
      // Frames of messages on different connections may come between each other; compare per connection.
      for (const conn of [1, 2]) assert.equal(bytesOf(conn, Buffer.concat(ours)), bytesOf(conn, stream));
    });

    test(`${name}, ${direction}: each message is the same wherever its frames are cut`, () => {
      for (const message of messages) {
        const type = message.type === "request" ? MessageType.REQUEST : MessageType.RESPONSE;
        const bytes = Buffer.concat(
          muxFrames(message.conn, [encodeFrame(message.stream, type, message.flags, envelope(message))]),
        );
        const uncut = reader();
        uncut.mux.push(bytes);
        assert.equal(uncut.messages.length, 1);
        for (let cut = 1; cut < bytes.length; cut++) {
          const { mux, messages: seen } = reader();
          mux.push(bytes.subarray(0, cut));
          assert.equal(seen.length, 0, `complete after ${cut} of ${bytes.length} bytes`);
          mux.push(bytes.subarray(cut));
          assert.equal(seen.join(), uncut.messages.join(), `${message.method} cut at ${cut}`);
        }
      }
    });
  }
}

/** Everything that one connection sent, with its frame borders, as text. */
function bytesOf(conn: number, stream: Uint8Array): string {
  const seen: string[] = [];
  let wanted = false;
  const decoder = new MuxDecoder({
    frame: (id, length) => {
      wanted = id === conn;
      if (wanted) seen.push(` [${length}] `);
    },
    piece: (bytes) => {
      if (wanted) seen.push(Buffer.from(bytes).toString("hex"));
    },
  });
  decoder.push(stream);
  return seen.join("");
}

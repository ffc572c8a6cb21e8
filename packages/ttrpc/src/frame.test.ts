// Frames: the header's bytes, every cut, hostile lengths.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameDecoder, HEADER_BYTES, messageTypeName } from "./frame.js";
import { concat } from "./wire.js";

const MAX = 4194304;

interface Seen {
  readonly streamId: number;
  readonly type: number;
  readonly flags: number;
  readonly data: string;
}

function collector(max = MAX): { decoder: FrameDecoder; seen: Seen[]; oversize: number[][] } {
  const seen: Seen[] = [];
  const oversize: number[][] = [];
  const decoder = new FrameDecoder(
    {
      frame: (streamId, type, flags, data) =>
        seen.push({ streamId, type, flags, data: Buffer.from(data).toString("hex") }),
      oversize: (streamId, type, length) => oversize.push([streamId, type, length]),
    },
    max,
  );
  return { decoder, seen, oversize };
}

function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, "hex"));
}

test("a frame is length, stream id, type and flags, big-endian, and the data", () => {
  const frame = encodeFrame(0xfffefdfd, 1, 2, bytes("c0ffee"));
  assert.equal(Buffer.from(frame).toString("hex"), "00000003fffefdfd0102c0ffee");
});

test("stream ids and lengths above 2^31 are read as unsigned", () => {
  const { decoder, seen, oversize } = collector();
  decoder.push(bytes("00000000fffffffd0200"));
  decoder.push(bytes("ffffffff800000010200"));
  assert.deepEqual(seen, [{ streamId: 0xfffffffd, type: 2, flags: 0, data: "" }]);
  assert.deepEqual(oversize, []);
  assert.equal(decoder.pendingBytes, HEADER_BYTES);
});

test("messages come out the same wherever two of them are cut", () => {
  const stream = concat([encodeFrame(1, 1, 0, bytes("00112233445566778899")), encodeFrame(3, 2, 0, bytes("aa"))]);
  const whole = collector();
  whole.decoder.push(stream);
  assert.equal(whole.seen.length, 2);
  for (let first = 0; first <= stream.length; first++) {
    for (let second = first; second <= stream.length; second++) {
      const { decoder, seen } = collector();
      decoder.push(stream.subarray(0, first));
      decoder.push(stream.subarray(first, second));
      decoder.push(stream.subarray(second));
      assert.deepEqual(seen, whole.seen, `cut at ${first} and ${second}`);
      assert.equal(decoder.pendingBytes, 0);
    }
  }
});

test("data that may be kept is marked as owned, and only data that spans chunks is", () => {
  const owned: boolean[] = [];
  const decoder = new FrameDecoder(
    { frame: (_id, _type, _flags, _data, own) => owned.push(own), oversize: () => assert.fail() },
    MAX,
  );
  const frame = encodeFrame(1, 1, 0, bytes("0011"));
  decoder.push(frame);
  decoder.push(frame.subarray(0, 11));
  decoder.push(frame.subarray(11));
  assert.deepEqual(owned, [false, true]);
});

test("a message over the maximum is passed over without being stored, and the next one is read", () => {
  const { decoder, seen, oversize } = collector(100);
  const stream = concat([encodeFrame(5, 1, 0, new Uint8Array(101)), encodeFrame(7, 1, 0, bytes("01"))]);
  for (const byte of stream) {
    decoder.push(Uint8Array.of(byte));
    assert.ok(decoder.pendingBytes <= HEADER_BYTES);
  }
  assert.deepEqual(oversize, [[5, 1, 101]]);
  assert.deepEqual(seen, [{ streamId: 7, type: 1, flags: 0, data: "01" }]);
});

test("the largest allowed length is accepted, one more is not", () => {
  const { decoder, seen, oversize } = collector(100);
  decoder.push(encodeFrame(1, 1, 0, new Uint8Array(100)));
  decoder.push(encodeFrame(3, 1, 0, new Uint8Array(101)));
  assert.equal(seen.length, 1);
  assert.equal(oversize.length, 1);
});

test("hostile lengths take no memory", () => {
  const before = process.memoryUsage().arrayBuffers;
  const decoders = [];
  for (let i = 0; i < 256; i++) {
    const { decoder } = collector();
    decoder.push(bytes(i % 2 === 0 ? "ffffffff000000010100" : "00400001000000010100"));
    decoders.push(decoder);
  }
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 1024 * 1024, `${grown} bytes for ${decoders.length} announcements of 4 MiB and 4 GiB`);
});

test("a stopped decoder ignores the rest of the chunk that it is working on", () => {
  let count = 0;
  const decoder: FrameDecoder = new FrameDecoder(
    {
      frame: () => {
        count++;
        decoder.stop();
      },
      oversize: () => assert.fail(),
    },
    MAX,
  );
  decoder.push(concat([encodeFrame(1, 1, 0, bytes("01")), encodeFrame(3, 1, 0, bytes("01"))]));
  assert.equal(count, 1);
});

test("message types print as the reference prints them", () => {
  assert.deepEqual([1, 2, 3, 4, 0].map(messageTypeName), ["request", "response", "data", "unknown", "unknown"]);
});

test("any messages in any pieces come out in order and complete", () => {
  const message = fc.record({
    streamId: fc.nat(0xffffffff),
    type: fc.nat(255),
    flags: fc.nat(255),
    data: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (messages, cuts) => {
        const stream = concat(messages.map((m) => encodeFrame(m.streamId, m.type, m.flags, m.data)));
        const { decoder, seen, oversize } = collector(50);
        for (let at = 0, i = 0; at < stream.length; i++) {
          const size = cuts[i % cuts.length] ?? 1;
          decoder.push(stream.slice(at, at + size));
          at += size;
        }
        const small = messages.filter((m) => m.data.length <= 50);
        assert.deepEqual(
          seen,
          small.map((m) => ({ ...m, data: Buffer.from(m.data).toString("hex") })),
        );
        assert.equal(oversize.length, messages.length - small.length);
        assert.equal(decoder.pendingBytes, 0);
      },
    ),
    { numRuns: 200 },
  );
});

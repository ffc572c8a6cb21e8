// Frames of the multiplexer: the layout a Go peer can read, every cut, hostile lengths.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FRAME_HEADER_BYTES, MuxDecoder, muxFrames } from "./frame.js";
import { MAX_FRAME_PAYLOAD_BYTES } from "./limits.js";

/** Lengths of the frames in `parts`, after a check that the payload is the message and the id is `id`. */
function layout(id: number, message: readonly Uint8Array[]): number[] {
  const lengths: number[] = [];
  const payload: Uint8Array[] = [];
  const decoder = new MuxDecoder({
    frame: (frameId, length) => {
      assert.equal(frameId, id);
      lengths.push(length);
    },
    piece: (bytes) => payload.push(bytes),
  });
  decoder.push(Buffer.concat(muxFrames(id, message)));
  assert.equal(decoder.within, undefined);
  assert.equal(Buffer.compare(Buffer.concat(payload), Buffer.concat(message)), 0);
  return lengths;
}

function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

test("a frame is id and length, big-endian, and the payload", () => {
  const frame = Buffer.concat(muxFrames(0xfffefdfc, [Uint8Array.of(1), Uint8Array.of(2, 3)]));
  assert.equal(frame.toString("hex"), "fffefdfc00000003010203");
});

test("up to 4096 bytes are one frame, more are one of 4096 and one with the rest", () => {
  for (const [total, lengths] of [
    [0, [0]],
    [1, [1]],
    [10, [10]],
    [4095, [4095]],
    [4096, [4096]],
    [4097, [4096, 1]],
    [8192, [4096, 4096]],
    [1048576, [4096, 1044480]],
    [4194314, [4096, 4190218]],
  ] as const) {
    const message = numbered(total);
    assert.deepEqual(layout(2, [message]), lengths, `${total} bytes`);
    assert.deepEqual(
      layout(2, [message.subarray(0, 10), message.subarray(10)]),
      lengths,
      `${total} bytes in two parts`,
    );
  }
});

test("more than the largest message is cut into frames of at most the maximum", () => {
  assert.deepEqual(layout(1, [new Uint8Array(4096 + 2 * MAX_FRAME_PAYLOAD_BYTES + 5)]), [
    4096,
    MAX_FRAME_PAYLOAD_BYTES,
    MAX_FRAME_PAYLOAD_BYTES,
    5,
  ]);
});

test("the layout does not depend on how the message is cut into parts", () => {
  fc.assert(
    fc.property(fc.nat(12000), fc.array(fc.nat(5000), { maxLength: 6 }), (total, cuts) => {
      const message = numbered(total);
      const parts: Uint8Array[] = [];
      let at = 0;
      for (const cut of cuts) {
        parts.push(message.subarray(at, at + cut));
        at += cut;
      }
      parts.push(message.subarray(at));
      assert.deepEqual(layout(9, parts), total <= 4096 ? [total] : [4096, total - 4096]);
    }),
    { numRuns: 200 },
  );
});

test("frames are read the same in pieces of any size", () => {
  const stream = Buffer.concat([
    ...muxFrames(1, [numbered(5)]),
    ...muxFrames(2, [numbered(0)]),
    ...muxFrames(3, [numbered(40)]),
  ]);
  for (let size = 1; size <= stream.length; size++) {
    const seen: [number, number, number[]][] = [];
    const decoder = new MuxDecoder({
      frame: (id, length) => seen.push([id, length, []]),
      piece: (bytes) => seen.at(-1)?.[2].push(...bytes),
    });
    for (let at = 0; at < stream.length; at += size) decoder.push(stream.subarray(at, at + size));
    assert.deepEqual(seen, [
      [1, 5, [...numbered(5)]],
      [2, 0, []],
      [3, 40, [...numbered(40)]],
    ]);
    assert.equal(decoder.within, undefined);
  }
});

test("a payload length over the maximum is refused on the header, and takes no memory", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const length of [MAX_FRAME_PAYLOAD_BYTES + 1, 0x7fffffff, 0x80000000, 0xffffffff]) {
    const header = Buffer.alloc(FRAME_HEADER_BYTES);
    header.writeUInt32BE(1, 0);
    header.writeUInt32BE(length, 4);
    const decoder = new MuxDecoder({ frame: () => assert.fail(), piece: () => assert.fail() });
    decoder.push(header.subarray(0, 7));
    assert.throws(() => decoder.push(header.subarray(7)), {
      name: "ProtocolError",
      code: "oversize",
      message: `frame of connection 1 has ${length} bytes, the maximum is 4194314`,
    });
  }
  assert.ok(process.memoryUsage().arrayBuffers - before < 1024 * 1024);
});

test("where a stream was cut is known", () => {
  const decoder = new MuxDecoder({ frame: () => undefined, piece: () => undefined });
  assert.equal(decoder.within, undefined);
  decoder.push(Uint8Array.of(0, 0, 0));
  assert.equal(decoder.within, "header");
  decoder.push(Uint8Array.of(1, 0, 0, 0, 2));
  assert.equal(decoder.within, "payload");
  decoder.push(Uint8Array.of(1, 2));
  assert.equal(decoder.within, undefined);
});

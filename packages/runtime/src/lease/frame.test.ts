// What wrappers and the daemon say to each other, byte by byte.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameReader } from "./frame.js";
import { readDone, readQuestion } from "./question.js";
import { oneLine } from "./refusal.js";

test("frames come out of any pieces of the stream, headers and payloads as they were", () => {
  const payload = new Uint8Array([0, 255, 10]);
  const bytes = Buffer.concat([encodeFrame({ verb: "create", id: "é" }, payload), encodeFrame({ code: 0, pid: 7 })]);
  for (const size of [1, 5, bytes.length]) {
    const reader = new FrameReader(3);
    const found = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)));
    assert.deepEqual(
      found.map(({ header }) => header),
      [
        { verb: "create", id: "é" },
        { code: 0, pid: 7 },
      ],
    );
    assert.deepEqual(
      found.map((frame) => [...frame.payload]),
      [[0, 255, 10], []],
    );
  }
});

test("a frame that is too large is refused by what it announces", () => {
  const prefix = encodeFrame({}, new Uint8Array(4)).subarray(0, 8);
  assert.throws(() => new FrameReader(3).push(Buffer.from(prefix)), /a payload of 4 bytes, at most 3/);
  assert.throws(() => new FrameReader(3).push(Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])), /a header of 16777216 bytes/);
  assert.throws(() => new FrameReader(3).push(Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 123])), SyntaxError);
});

test("the script's question is six words and the bytes behind them", () => {
  const bytes = Buffer.from("1\0docker\0create\0/r\0/b\0x\0{\0}");
  const { call, payload } = readQuestion(bytes);
  assert.deepEqual(call, { engine: "docker", verb: "create", root: "/r", bundle: "/b", id: "x" });
  assert.equal(Buffer.from(payload).toString("latin1"), "{\0}");
});

test("a question that is cut off, of another version, or about another command is refused", () => {
  assert.throws(() => readQuestion(Buffer.from("1\0docker\0create")), /ends after 2 words/);
  assert.throws(() => readQuestion(Buffer.from("2\0")), /another version \(2\).*nri oci install/);
  assert.throws(() => readQuestion(Buffer.from("1\0docker\0delete\0\0\0x\0")), /"delete", which is none of create/);
});

test("only a whole line tells what came of a call", () => {
  assert.deepEqual(readDone("done 137 4711\n"), { code: 137, pid: 4711 });
  for (const line of ["", "done 0 1", "done 0\n", "done 0 x\n", "done 0 1\nmore"])
    assert.equal(readDone(line), undefined, line);
});

test("a refusal is one line of bounded length", () => {
  assert.equal(oneLine("a\n\tb\u0000c", 100), "a b c");
  assert.equal(oneLine("x".repeat(200), 100), `${"x".repeat(100)}...`);
});

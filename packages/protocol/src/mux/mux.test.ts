// The multiplexer over a trunk whose other end is the test.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type ByteStream, streamPair } from "@nri/ttrpc";
import { muxFrames } from "./frame.js";
import { Mux, type MuxOptions } from "./mux.js";

interface Seen {
  readonly data: string[];
  readonly ends: (Error | undefined)[];
}

function read(stream: ByteStream): Seen {
  const seen: Seen = { data: [], ends: [] };
  stream.open({
    data: (chunk) => seen.data.push(Buffer.from(chunk).toString()),
    closed: (reason) => seen.ends.push(reason),
  });
  return seen;
}

function rig(options?: MuxOptions) {
  const [near, far] = streamPair({ maxQueuedBytes: 64 * 1024 * 1024 });
  const mux = new Mux(near, options);
  const send = (id: number, text: string): void => far.write(muxFrames(id, [Buffer.from(text)]));
  return { mux, near, far, send };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("bytes go to the connection with their id, both ways, and each message is one write on the trunk", async () => {
  const [near, far] = streamPair();
  const [left, right] = [new Mux(near), new Mux(far)];
  const [one, two] = [read(right.open(1)), read(right.open(2))];
  left.open(1).write([Buffer.from("to "), Buffer.from("one")]);
  left.open(2).write([Buffer.from("to two")]);
  await settle();
  assert.equal(one.data.join(""), "to one");
  assert.equal(two.data.join(""), "to two");
  const answer = read(left.open(2));
  right.open(2).write([Buffer.from("back")]);
  await settle();
  assert.deepEqual(answer.data, ["back"]);
});

test("a message is one write on the trunk, whatever the number of its frames", () => {
  const writes: number[] = [];
  const trunk: ByteStream = {
    write: (parts) => writes.push(parts.reduce((sum, part) => sum + part.length, 0)),
    open: () => undefined,
    close: () => undefined,
    queuedBytes: 123,
  };
  const connection = new Mux(trunk).open(1);
  connection.write([new Uint8Array(18), new Uint8Array(10_000)]);
  connection.write([]);
  assert.deepEqual(writes, [10_018 + 16, 8]);
  assert.equal(connection.queuedBytes, 123);
});

test("opening an id twice gives the same connection, after closing a new one", () => {
  const { mux } = rig();
  const first = mux.open(1);
  assert.equal(mux.open(1), first);
  first.close();
  assert.notEqual(mux.open(1), first);
});

test("id 0 is reserved, ids have 32 bits, and there is a maximum of connections", () => {
  const { mux } = rig({ limits: { maxConnections: 2 } });
  assert.throws(() => mux.open(0), { code: "mux", message: "ConnID 0 is reserved" });
  for (const id of [-1, 1.5, 2 ** 32, Number.NaN]) assert.throws(() => mux.open(id), { code: "mux" });
  mux.open(1);
  mux.open(2 ** 32 - 1);
  assert.throws(() => mux.open(3), { code: "mux", message: "2 connections are open already" });
  assert.throws(() => rig({ limits: { maxQueuedFrames: 0 } }), { code: "invalid-value" });
});

test("frames for unknown and closed connections and for 0 are dropped and counted; empty frames mean nothing", async () => {
  const { mux, send } = rig();
  const seen = read(mux.open(1));
  const closed = mux.open(2);
  closed.close();
  send(7, "who");
  send(0, "zero");
  send(2, "late");
  send(1, "");
  send(1, "hello");
  await settle();
  assert.deepEqual(seen, { data: ["hello"], ends: [] });
  assert.deepEqual(mux.stats, { frames: 5, droppedFrames: 3 });
});

test("a connection that is closed within a frame gets no more of it, nor does one opened after it", async () => {
  const { mux, far } = rig();
  const connection = mux.open(1);
  const seen: Seen = { data: [], ends: [] };
  connection.open({
    data: (chunk) => {
      seen.data.push(Buffer.from(chunk).toString());
      connection.close();
    },
    closed: (reason) => seen.ends.push(reason),
  });
  const [header = new Uint8Array(0)] = muxFrames(1, [new Uint8Array(6)]);
  far.write([header, Buffer.from("abc")]);
  await settle();
  const reopened = read(mux.open(1));
  far.write([Buffer.from("def")]);
  far.write(muxFrames(1, [Buffer.from("new")]));
  await settle();
  assert.deepEqual(seen, { data: ["abc"], ends: [undefined] });
  assert.deepEqual(reopened.data, ["new"]);
});

test("blocked reading sees nothing before it is unblocked, and then everything", async () => {
  const { mux, send } = rig({ blockedRead: true });
  send(1, "one");
  send(2, "two");
  await settle();
  const [one, two] = [read(mux.open(1)), read(mux.open(2))];
  await settle();
  assert.deepEqual([one.data, two.data], [[], []]);
  mux.unblock();
  mux.unblock();
  await settle();
  assert.deepEqual([one.data, two.data], [["one"], ["two"]]);
});

test("bytes for a connection that is open but not read yet are kept in order, in the middle of a frame too", async () => {
  const { mux, far, send } = rig();
  const connection = mux.open(1);
  send(1, "first ");
  const [header = new Uint8Array(0)] = muxFrames(1, [new Uint8Array(6)]);
  far.write([header, Buffer.from("abc")]);
  await settle();
  const seen = read(connection);
  await settle();
  far.write([Buffer.from("def")]);
  await settle();
  assert.equal(seen.data.join(""), "first abcdef");
});

test("256 frames wait for a reader; one more closes the multiplexer", async () => {
  const { mux, send } = rig();
  mux.open(1);
  for (let i = 0; i < 256; i++) send(1, "x");
  await settle();
  send(9, "y");
  await settle();
  assert.equal(mux.stats.frames, 257);
  send(1, "z");
  const reason = await mux.closed;
  assert.deepEqual({ ...reason }, { name: "ProtocolError", code: "mux" });
  assert.equal(reason?.message, "failed to queue payload for reading: nobody reads connection 1");
});

test("bytes that wait for a reader are bounded as announced, before they come", async () => {
  const { mux, far } = rig({ limits: { maxQueuedBytes: 5000 } });
  mux.open(1);
  const [header = new Uint8Array(0)] = muxFrames(1, [new Uint8Array(4000)]);
  far.write([header, new Uint8Array(4000), header]);
  assert.match(String(await mux.closed), /failed to queue payload/);
});

test("closing the multiplexer ends every connection and the trunk once, with the reason", async () => {
  const { mux, far } = rig();
  const peer = read(far);
  const seen = [read(mux.open(1)), read(mux.open(2))];
  const never = mux.open(3);
  await settle();
  const reason = new Error("done");
  mux.close(reason);
  mux.close();
  await settle();
  assert.equal(await mux.closed, reason);
  for (const { ends } of seen) assert.deepEqual(ends, [reason]);
  assert.deepEqual(peer.ends, [undefined]);
  assert.throws(() => never.write([new Uint8Array(1)]), { code: "closed" });
  assert.throws(() => mux.open(4), { code: "closed" });
  const late = read(never);
  await settle();
  assert.deepEqual(late.ends, [reason]);
});

test("the end of the trunk comes after the bytes before it, and has no reason when it is between frames", async () => {
  const { mux, far, send } = rig();
  const connection = mux.open(1);
  send(1, "bye");
  far.close();
  assert.equal(await mux.closed, undefined);
  const seen = read(connection);
  await settle();
  assert.deepEqual(seen, { data: ["bye"], ends: [undefined] });
});

for (const [where, count] of [
  ["header", 3],
  ["payload", 10],
] as const) {
  test(`a trunk that is cut within a ${where} is told from one that ended in order`, async () => {
    const { mux, far } = rig();
    const seen = read(mux.open(1));
    await settle();
    far.write([Buffer.concat(muxFrames(1, [new Uint8Array(5)])).subarray(0, count)]);
    far.close();
    const reason = await mux.closed;
    assert.equal(reason?.message, `failed to read ${where} from trunk: unexpected EOF`);
    await settle();
    assert.deepEqual(seen.ends, [reason]);
  });
}

test("a hostile length closes the trunk with a named error", async () => {
  const { mux, far } = rig();
  const peer = read(far);
  const seen = read(mux.open(1));
  await settle();
  far.write([Buffer.from("00000001ffffffff", "hex")]);
  const reason = await mux.closed;
  assert.equal((reason as Error & { code: string }).code, "oversize");
  await settle();
  assert.deepEqual(seen.ends, [reason]);
  assert.deepEqual(peer.ends, [undefined]);
});

test("a connection that closes itself is silent on the wire and leaves the others alone", async () => {
  const { mux, far, send } = rig();
  const peer = read(far);
  const [one, two] = [mux.open(1), read(mux.open(2))];
  const seen = read(one);
  await settle();
  one.close();
  one.close();
  send(2, "still here");
  await settle();
  assert.deepEqual(seen.ends, [undefined]);
  assert.deepEqual(two, { data: ["still here"], ends: [] });
  assert.deepEqual(peer, { data: [], ends: [] });
});

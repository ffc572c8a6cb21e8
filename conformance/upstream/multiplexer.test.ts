// Cases of the reference's own tests of the multiplexer. Dialling and listening are opening here: a connection is its
// number, and both ends open it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Mux } from "@nri/protocol";
import { type ByteStream, streamPair } from "@nri/ttrpc";

const ID = 16;

function pair(): { left: Mux; right: Mux } {
  const [near, far] = streamPair({ maxQueuedBytes: 64 << 20 });
  return { left: new Mux(near), right: new Mux(far) };
}

interface Seen {
  readonly chunks: Buffer[];
  readonly ends: (Error | undefined)[];
  readonly text: () => string;
}

function read(stream: ByteStream): Seen {
  const chunks: Buffer[] = [];
  const ends: (Error | undefined)[] = [];
  stream.open({ data: (chunk) => chunks.push(Buffer.from(chunk)), closed: (reason) => ends.push(reason) });
  return { chunks, ends, text: () => Buffer.concat(chunks).toString() };
}

const send = (stream: ByteStream, text: string): void => stream.write([Buffer.from(text)]);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

for (const [how, opener, other] of [
  ["an opened", "left", "right"],
  ["a dialled", "right", "left"],
  ["an accepted", "left", "right"],
] as const) {
  test(`${how} id gives a connection`, () => {
    const muxes = pair();
    const connection = muxes[opener].open(ID);
    assert.equal(connection.queuedBytes, 0);
    assert.equal(muxes[opener].open(ID), connection);
  });

  test(`${how} connection can send`, async () => {
    const muxes = pair();
    const seen = read(muxes[other].open(ID));
    send(muxes[opener].open(ID), "this is a message");
    await settle();
    assert.equal(seen.text(), "this is a message");
  });

  test(`${how} connection can receive`, async () => {
    const muxes = pair();
    const seen = read(muxes[opener].open(ID));
    send(muxes[other].open(ID), "this is a message");
    await settle();
    assert.equal(seen.text(), "this is a message");
  });
}

test("sending on a closed connection fails", () => {
  const connection = pair().left.open(ID);
  connection.close();
  assert.throws(() => send(connection, "late"), { code: "closed", message: `connection ${ID} is closed` });
});

test("a closed connection receives nothing more, and its reader is told of the end", async () => {
  const { left, right } = pair();
  const [near, far] = [left.open(ID), right.open(ID)];
  const seen = read(near);
  send(far, "in time");
  await settle();
  near.close();
  send(far, "late");
  await settle();
  assert.equal(seen.text(), "in time");
  assert.deepEqual(seen.ends, [undefined]);
});

test("messages on one connection arrive in order", async () => {
  const { left, right } = pair();
  const seen = read(right.open(ID));
  const connection = left.open(ID);
  const messages = Array.from({ length: 128 }, (_, i) => `message #${i}\n`);
  for (const message of messages) send(connection, message);
  await settle();
  assert.equal(seen.text(), messages.join(""));
});

test("messages on several connections at once arrive in the order of their connection", async () => {
  const { left, right } = pair();
  const ids = [ID, ID + 1, ID + 2, ID + 3];
  const seen = ids.map((id) => read(right.open(id)));
  const back = ids.map((id) => read(left.open(id)));
  for (let i = 0; i < 64; i++) {
    for (const id of ids) {
      send(left.open(id), `${id}: #${i}\n`);
      send(right.open(id), `back ${id}: #${i}\n`);
    }
  }
  await settle();
  const expected = (prefix: string): string => Array.from({ length: 64 }, (_, i) => `${prefix}: #${i}\n`).join("");
  for (const [i, id] of ids.entries()) {
    assert.equal(seen[i]?.text(), expected(`${id}`));
    assert.equal(back[i]?.text(), expected(`back ${id}`));
  }
});

test("an oversized message arrives in pieces, complete", async () => {
  const { left, right } = pair();
  const seen = read(right.open(ID));
  const bytes = Buffer.alloc(9 << 20, "0123456789abcdef");
  left.open(ID).write([bytes]);
  await settle();
  assert.ok(right.stats.frames >= 3, `${right.stats.frames} frames`);
  assert.ok(Buffer.concat(seen.chunks).equals(bytes));
});

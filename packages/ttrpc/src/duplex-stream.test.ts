// Node streams as byte streams: one write per message, coalescing, a bounded queue, endings.
import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { duplexStream } from "./duplex-stream.js";

/** A duplex that keeps what each `write` or `writev` of the system would get, and takes it only when told to. */
class Pipe extends Duplex {
  readonly taken: number[][] = [];
  stuck = false;
  #release: (() => void) | undefined;

  constructor() {
    super({ readableHighWaterMark: 1024 * 1024, writableHighWaterMark: 1024, emitClose: true });
  }

  override _read(): void {
    // Bytes come by push() alone.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#take([chunk.length], done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.#take(
      chunks.map(({ chunk }) => chunk.length),
      done,
    );
  }

  release(): void {
    this.stuck = false;
    this.#release?.();
  }

  #take(lengths: number[], done: () => void): void {
    this.taken.push(lengths);
    if (this.stuck) this.#release = done;
    else done();
  }
}

function tick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function open(pipe: Pipe, stream = duplexStream(pipe)) {
  const seen: { chunks: string[]; ends: (Error | undefined)[] } = { chunks: [], ends: [] };
  stream.open({
    data: (chunk) => seen.chunks.push(Buffer.from(chunk).toString()),
    closed: (reason) => seen.ends.push(reason),
  });
  return { stream, seen };
}

test("the parts of a message leave at once as one write", () => {
  const pipe = new Pipe();
  duplexStream(pipe).write([new Uint8Array(10), new Uint8Array(20), new Uint8Array(30)]);
  assert.deepEqual(pipe.taken, [[60]]);
});

test("further messages of the same tick leave together when it ends", async () => {
  const pipe = new Pipe();
  const stream = duplexStream(pipe);
  for (let i = 0; i < 5; i++) stream.write([new Uint8Array(10)]);
  assert.deepEqual(pipe.taken, [[10]]);
  assert.equal(stream.queuedBytes, 40);
  await tick();
  assert.deepEqual(pipe.taken, [[10], [40]]);
  stream.write([new Uint8Array(7)]);
  assert.deepEqual(pipe.taken, [[10], [40], [7]]);
});

test("a message of more than 64 KiB is handed over in parts, not copied", () => {
  const pipe = new Pipe();
  duplexStream(pipe).write([new Uint8Array(18), new Uint8Array(65536)]);
  assert.deepEqual(pipe.taken, [[18, 65536]]);
});

test("messages of one tick beyond 64 KiB do not wait for its end", () => {
  const pipe = new Pipe();
  const stream = duplexStream(pipe);
  for (let i = 0; i < 4; i++) stream.write([new Uint8Array(30_000)]);
  assert.deepEqual(pipe.taken, [[30_000], [30_000, 30_000, 30_000]]);
});

test("a peer that stops reading fills the bounded queue; then writes are refused by name and nothing of them is sent", async () => {
  const pipe = new Pipe();
  const stream = duplexStream(pipe, { maxQueuedBytes: 1000 });
  pipe.stuck = true;
  let written = 0;
  for (let i = 0; i < 50; i++) {
    try {
      stream.write([new Uint8Array(90)]);
      written += 90;
    } catch (error) {
      assert.equal((error as { code: string }).code, "write-queue-full");
    }
    if (i % 7 === 0) await tick();
    assert.ok(stream.queuedBytes <= 1000);
  }
  assert.equal(written, 990);
  pipe.release();
  await tick();
  assert.equal(stream.queuedBytes, 0);
  stream.write([new Uint8Array(90)]);
  await tick();
  assert.equal(
    pipe.taken.flat().reduce((sum, length) => sum + length),
    990 + 90,
  );
});

test("bytes that came before reading started are delivered first", async () => {
  const pipe = new Pipe();
  pipe.push("early");
  await tick();
  const { seen } = open(pipe);
  pipe.push("later");
  await tick();
  assert.equal(seen.chunks.join(""), "earlylater");
});

test("the end of the peer is reported once, after its last bytes, and writing fails then", async () => {
  const pipe = new Pipe();
  const { stream, seen } = open(pipe);
  pipe.push("bye");
  pipe.push(null);
  await tick();
  await tick();
  assert.deepEqual(seen, { chunks: ["bye"], ends: [undefined] });
  assert.equal(pipe.destroyed, true);
  assert.throws(() => stream.write([new Uint8Array(1)]), { code: "closed", message: "ttrpc: closed" });
});

test("an error of the stream is the reason of its end", async () => {
  const pipe = new Pipe();
  const { seen } = open(pipe);
  const reset = new Error("read ECONNRESET");
  pipe.destroy(reset);
  await tick();
  assert.deepEqual(seen.ends, [reset]);
});

test("a stream that is gone before anybody reads says so when opened", async () => {
  const pipe = new Pipe();
  const stream = duplexStream(pipe);
  const reset = new Error("read ECONNRESET");
  pipe.destroy(reset);
  await tick();
  const { seen } = open(pipe, stream);
  assert.deepEqual(seen.ends, []);
  await tick();
  assert.deepEqual(seen.ends, [reset]);
  const late = open(pipe);
  await tick();
  assert.deepEqual(late.seen.ends, [reset]);
});

test("closing lets written messages leave first, those of this tick too", async () => {
  const pipe = new Pipe();
  const { stream, seen } = open(pipe);
  pipe.stuck = true;
  stream.write([new Uint8Array(5)]);
  stream.write([new Uint8Array(6)]);
  stream.close();
  stream.close(new Error("second"));
  assert.equal(pipe.destroyed, false);
  pipe.release();
  await tick();
  await tick();
  assert.deepEqual(pipe.taken, [[5], [6]]);
  assert.equal(pipe.destroyed, true);
  assert.deepEqual(seen.ends, [undefined]);
});

test("a peer that does not read cannot hold a closed connection", async () => {
  const pipe = new Pipe();
  const { stream } = open(pipe, duplexStream(pipe, { closeFlushMs: 5 }));
  pipe.stuck = true;
  stream.write([new Uint8Array(5)]);
  stream.close();
  await new Promise((resolve) => pipe.once("close", resolve));
  assert.equal(pipe.destroyed, true);
});

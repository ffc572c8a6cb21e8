// Messages and frames of exact sizes around the edges of the wire format, between rawttrpc (Go) and our own ttRPC and
// mux, in both directions: both ends tell the digest of what they sent and got.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import test from "node:test";
import { LogRequest, Mux } from "@nri/protocol";
import { type ByteStream, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import { connectUnix, duplexStream } from "@nri/ttrpc/node";
import { assertGoProcess, Child } from "../peers/child.js";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";

const go = await goPeers();
const skip = skipUnless(go);
const SERVICE = "nri.test.Echo";
const PLUGIN_CONNECTION = 1;
const STREAM_CONNECTION = 3;
/** Bytes of whole ttRPC messages, header included. The last one is the largest that ttRPC allows. */
const SIZES = [4095, 4096, 4097, 8192, 1 << 20, 4 << 20, (4 << 20) + 10];

const digest = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

interface Line {
  readonly pid: number;
  readonly method: string;
  readonly size?: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly answer?: string;
  readonly back?: string;
}

const linesOf = (child: Child): Line[] => child.stdout.map((line) => JSON.parse(line) as Line);

/** Listens once; the connection is given to `serve`. */
async function listenOnce(path: string, serve: (stream: ByteStream) => void): Promise<Server> {
  const server = createServer((socket) => serve(duplexStream(socket)));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return server;
}

/** Letters of a message that makes `total` bytes with everything that `wrap` puts around it. */
function lettersFor(total: number, wrap: (payload: number) => number): number {
  for (let n = total; n > total - 200; n--) if (10 + wrap(field(n)) === total) return n;
  throw new Error(`no text makes a message of ${total} bytes`);
}

/** Bytes of a length-delimited field with a one-byte tag. */
function field(n: number): number {
  let length = 1;
  for (let v = n; v >= 128; v >>>= 7) length++;
  return 1 + length + n;
}

const text = (n: number): string => "nri".repeat(Math.ceil(n / 3)).slice(0, n - 8) + String(n).padStart(8, "-");

async function callGo(peers: GoPeers, mux: boolean): Promise<void> {
  using files = new TestFolder();
  await using child = new Child(peers.rawttrpc, ["-serve", files.socket, ...(mux ? ["-mux"] : [])]);
  const end = Date.now() + 5_000;
  while (!existsSync(files.socket) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  assertGoProcess(child.pid, peers.rawttrpc);
  const trunk = await connectUnix(files.socket);
  await using client = new TtrpcClient(mux ? new Mux(trunk).open(PLUGIN_CONNECTION) : trunk);
  for (const size of SIZES) {
    const sent = text(lettersFor(size, (n) => field(SERVICE.length) + field("Digest".length) + field(n)));
    const answer = await client.call(SERVICE, "Digest", LogRequest.encode({ msg: sent }));
    const told = JSON.parse(LogRequest.decode(answer).msg) as Line;
    assert.deepEqual(told, { method: "Digest", pid: child.pid, bytes: sent.length, sha256: digest(sent) });

    const wanted = lettersFor(size, field);
    const filled = LogRequest.decode(
      await client.call(SERVICE, "Fill", LogRequest.encode({ msg: String(wanted) })),
    ).msg;
    assert.equal(filled.length, wanted);
    const line = await child.until("the digest of Fill", () =>
      linesOf(child).find((one) => one.method === "Fill" && one.bytes === wanted),
    );
    assert.deepEqual([line.pid, line.sha256], [child.pid, digest(filled)]);
  }
}

async function calledByGo(peers: GoPeers, mux: boolean): Promise<void> {
  using files = new TestFolder();
  const got = new Map<string, string>();
  const methods = {
    Digest: (payload: Uint8Array) => {
      const { msg } = LogRequest.decode(payload);
      const answer = `${msg.length}:${digest(msg)}`;
      return LogRequest.encode({ msg: answer });
    },
    Fill: (payload: Uint8Array) => {
      const filled = text(Number(LogRequest.decode(payload).msg));
      got.set(String(filled.length), digest(filled));
      return LogRequest.encode({ msg: filled });
    },
  };
  const ttrpc = new TtrpcServer().register(SERVICE, methods);
  const server = await listenOnce(files.socket, (stream) => {
    ttrpc.serve(mux ? new Mux(stream).open(PLUGIN_CONNECTION) : stream);
  });
  try {
    await using child = new Child(peers.rawttrpc, [
      "-dial",
      files.socket,
      "-sizes",
      SIZES.join(),
      ...(mux ? ["-mux"] : []),
    ]);
    assertGoProcess(child.pid, peers.rawttrpc);
    assert.equal(await child.exited, 0, child.stderr.join("\n"));
    const lines = linesOf(child);
    assert.deepEqual([...new Set(lines.map((line) => line.pid))], [child.pid]);
    for (const size of SIZES) {
      const sent = lines.find((line) => line.size === size && line.method === "Digest");
      assert.equal(sent?.answer, `${sent?.bytes}:${sent?.sha256}`, `request of ${size} bytes`);
      const filled = lines.find((line) => line.size === size && line.method === "Fill");
      assert.equal(filled?.bytes, lettersFor(size, field));
      assert.equal(filled?.sha256, got.get(String(filled?.bytes)), `answer of ${size} bytes`);
    }
  } finally {
    server.close();
  }
}

for (const mux of [false, true]) {
  const through = mux ? "through the mux" : "plain";
  test(`our client and a Go server agree on messages of ${SIZES.join(", ")} bytes, ${through}`, { skip }, async () => {
    await callGo(use(go), mux);
  });
  test(`a Go client and our server agree on messages of ${SIZES.join(", ")} bytes, ${through}`, { skip }, async () => {
    await calledByGo(use(go), mux);
  });
}

test(`mux frames of ${SIZES.join(", ")} bytes come to us and go back unchanged`, { skip }, async () => {
  const peers = use(go);
  using files = new TestFolder();
  const hash = createHash("sha256");
  let bytes = 0;
  const server = await listenOnce(files.socket, (stream) => {
    const connection = new Mux(stream).open(STREAM_CONNECTION);
    connection.open({
      data: (chunk) => {
        hash.update(chunk);
        bytes += chunk.length;
        // a chunk is valid only during the call
        connection.write([chunk.slice()]);
      },
      closed: () => undefined,
    });
  });
  try {
    await using child = new Child(peers.rawttrpc, ["-dial", files.socket, "-stream", "-sizes", SIZES.join()]);
    assertGoProcess(child.pid, peers.rawttrpc);
    assert.equal(await child.exited, 0, child.stderr.join("\n"));
    const lines = linesOf(child);
    assert.deepEqual(
      lines.map((line) => [line.size, line.bytes]),
      SIZES.map((size) => [size, size]),
    );
    for (const line of lines) assert.equal(line.back, line.sha256, `frame of ${line.size} bytes`);
    assert.equal(
      bytes,
      SIZES.reduce((sum, size) => sum + size, 0),
    );
  } finally {
    server.close();
  }
});

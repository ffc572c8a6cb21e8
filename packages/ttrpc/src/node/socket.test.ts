// Unix sockets and inherited descriptors, with real sockets and a real child process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { TtrpcClient } from "../client.js";
import { duplexStream } from "../duplex-stream.js";
import { TtrpcServer } from "../server.js";
import { connectUnix, fdStream } from "./socket.js";

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "ttrpc-socket-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function listen(context: TestContext, accept: (socket: Socket) => void): Promise<string> {
  const path = join(folder(context), "s");
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket);
    accept(socket);
  });
  context.after(() => {
    listener.close();
    for (const socket of sockets) socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(path, resolve));
  return path;
}

test("calls of every size go over a unix socket and come back unchanged", async (context) => {
  const server = new TtrpcServer().register("a.S", { Echo: (payload) => payload });
  const path = await listen(context, (socket) => server.serve(duplexStream(socket)));
  await using client = new TtrpcClient(await connectUnix(path, { timeoutMs: 5000 }));
  const sizes = [0, 1, 4096, 65525, 65536, 65537, 1 << 20, 4194304 - 32];
  const answers = await Promise.all(
    sizes.map((size) => client.call("a.S", "Echo", new Uint8Array(size).fill(size % 251))),
  );
  for (const [index, answer] of answers.entries()) {
    const size = sizes[index] ?? 0;
    assert.equal(Buffer.compare(answer, new Uint8Array(size).fill(size % 251)), 0, `${size} bytes`);
  }
});

test("what the peer sends before anybody reads is not lost, nor is its end", async (context) => {
  const path = await listen(context, (socket) => socket.end("hello"));
  const stream = await connectUnix(path);
  await new Promise((resolve) => setTimeout(resolve, 20));
  let text = "";
  const reason = await new Promise((resolve) => {
    stream.open({
      data: (chunk) => {
        text += Buffer.from(chunk).toString();
      },
      closed: resolve,
    });
  });
  assert.equal(text, "hello");
  assert.equal(reason, undefined);
});

test("a peer that stops reading fills the queue and no more", async (context) => {
  const path = await listen(context, (socket) => socket.pause());
  const stream = await connectUnix(path, { limits: { maxQueuedBytes: 1_000_000, closeFlushMs: 10 } });
  let refused = 0;
  for (let i = 0; i < 100; i++) {
    try {
      stream.write([new Uint8Array(50_000)]);
    } catch (error) {
      assert.equal((error as { code: string }).code, "write-queue-full");
      refused++;
    }
    if (i % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(stream.queuedBytes <= 1_000_000);
  }
  assert.ok(refused > 50, `${refused} refused`);
  stream.close();
});

test("connecting to nobody fails with the path and the system's reason", async (context) => {
  const path = join(folder(context), "missing");
  await assert.rejects(connectUnix(path), (error: Error & { code: string }) => {
    assert.equal(error.code, "connect");
    assert.match(error.message, new RegExp(`^cannot connect to ${path}: .*ENOENT`));
    assert.equal((error.cause as { code: string }).code, "ENOENT");
    return true;
  });
});

test("an aborted signal stops connecting; a time-out that makes no sense is refused", async (context) => {
  const path = await listen(context, () => undefined);
  await assert.rejects(connectUnix(path, { signal: AbortSignal.abort() }), { code: "canceled" });
  const controller = new AbortController();
  const connecting = connectUnix(path, { signal: controller.signal });
  controller.abort();
  await assert.rejects(connecting, { code: "canceled" });
  await assert.rejects(connectUnix(path, { timeoutMs: -1 }), { code: "invalid-argument" });
});

test("a child serves on the descriptor it inherited, and sees the end of its parent", async (context) => {
  const script = join(folder(context), "child.mjs");
  const entry = (name: string): string => JSON.stringify(fileURLToPath(new URL(name, import.meta.url)));
  writeFileSync(
    script,
    `import { TtrpcServer } from ${entry("../server.js")};
     import { fdStream } from ${entry("socket.js")};
     const server = new TtrpcServer().register("a.S", { Echo: (payload) => payload });
     const reason = await server.serve(fdStream(3)).closed;
     process.exitCode = reason === undefined ? 7 : 8;`,
  );
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "inherit", "inherit", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const client = new TtrpcClient(duplexStream(child.stdio[3] as Socket));
  const big = new Uint8Array(300_000).fill(5);
  assert.equal(Buffer.compare(await client.call("a.S", "Echo", big, { timeoutMs: 10_000 }), big), 0);
  client.close();
  assert.equal(await ended, 7);
});

test("a descriptor that is no socket, or none at all, is refused", () => {
  const file = openSync(process.execPath, "r");
  assert.throws(() => fdStream(file), { code: "connect", message: new RegExp(`^descriptor ${file} is not a socket`) });
  assert.throws(() => fdStream(999_999), { code: "connect" });
});

// The control socket against clients that ask for nothing that there is, ask for nothing, or do not end.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { LIMITS } from "../limits.js";
import { type ControlRoutes, type ControlStream, openControl } from "./control.js";

async function opened(
  t: TestContext,
  routes: ControlRoutes = { "/v1/info": () => ({ running: true }) },
): Promise<{ readonly path: string; close(): Promise<void> }> {
  const dir = mkdtempSync(join(tmpdir(), "nri-control-"));
  const path = join(dir, "control/control.sock");
  const nothing = (): void => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
  const control = await openControl(path, routes, log);
  const close = async (): Promise<void> => control[Symbol.asyncDispose]();
  t.after(async () => {
    await close();
    rmSync(dir, { recursive: true });
  });
  return { path, close };
}

async function client(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, "connect");
  return socket;
}

async function answered(socket: Socket, request: string): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  socket.write(request);
  await once(socket, "close");
  return text;
}

test("a path that is none gets an answer, and the daemon goes on", async (t) => {
  const { path } = await opened(t);
  for (const wrong of ["//", "*", "/v1/info/", "http://[", "/__proto__"]) {
    const text = await answered(await client(path), `GET ${wrong} HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert.match(text, /^HTTP\/1\.1 40[04] /, wrong);
  }
  const text = await answered(await client(path), "GET /v1/info?x HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match(text, /200 OK[\s\S]*\{\n {2}"running": true\n\}/);
});

test("a client that asks nothing, or never ends to ask, is not waited for", async (t) => {
  const { path } = await opened(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const clients = [await client(path), await client(path)];
  clients[1]?.write("GET /v1");
  // Those are known to the other side when a third has been answered.
  await answered(await client(path), "GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n");
  t.mock.timers.tick(LIMITS.serve.controlRequestMs);
  await Promise.all(clients.map((socket) => once(socket.resume(), "close")));
});

test("who follows and does not read is let go, and told so when it reads on", async (t) => {
  let write: ((line: string) => void) | undefined;
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  const lines: ControlStream = {
    start: (to) => {
      write = to;
      return { [Symbol.dispose]: over };
    },
  };
  const { path } = await opened(t, { "/v1/lines": () => lines });
  const slow = await client(path);
  slow.write("GET /v1/lines HTTP/1.1\r\nHost: x\r\n\r\n");
  const line = "x".repeat(64 * 1024);
  for (let i = 0; i < 1000 && !isOver; i++) {
    write?.(line);
    await setImmediate();
  }
  assert.ok(isOver);
  let text = "";
  slow.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(slow, "close");
  assert.match(text, /\{"kind":"dropped","text":"more than \d+ bytes wait for this reader"\}/);
});

test("its end is the end of its connections", async (t) => {
  const { path, close } = await opened(t);
  const socket = await client(path);
  await answered(await client(path), "GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n");
  await Promise.all([close(), once(socket.resume(), "close")]);
});

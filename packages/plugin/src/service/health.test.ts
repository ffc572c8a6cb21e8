// Tests of the health endpoint: what it answers in each state, where it listens, and that it ends with the plugin.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { definePlugin } from "../define.js";
import { lineLogger, silentLogger } from "../log.js";
import { SocketRuntime, scratchFolder } from "../socket-runtime.fixture.js";
import type { HealthOptions } from "./health.js";

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: Record<string, unknown>;
}

/** One request to the endpoint. */
async function ask(place: { socketPath: string } | { host: string; port: number }, path: string, method = "GET") {
  return await new Promise<Answer>((resolve, reject) => {
    const asking = request({ ...place, path, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const body = (text === "" ? {} : JSON.parse(text)) as Answer["body"];
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"], body });
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}

async function serving(context: TestContext, health: (folder: string) => HealthOptions) {
  const folder = await scratchFolder(context);
  const socketPath = join(folder, "nri.sock");
  const lines: string[] = [];
  const service = definePlugin({ index: "10", name: "test", startContainer: () => undefined }).serve({
    socketPath,
    environment: {},
    log: lineLogger((line) => lines.push(line)),
    reconnect: { delayMs: 2, maxDelayMs: 20 },
    health: health(folder),
  });
  while (!lines.some((line) => line.includes("Health endpoint"))) {
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), service.done]);
  }
  return { folder, socketPath, service, lines };
}

test("the plugin is healthy while it waits, and ready while it is connected and synchronised", async (context) => {
  const { folder, socketPath, service } = await serving(context, (dir) => ({ socketPath: join(dir, "health.sock") }));
  const place = { socketPath: join(folder, "health.sock") };
  const statuses = async () => [(await ask(place, "/healthz")).status, (await ask(place, "/readyz")).status];
  assert.deepEqual(await statuses(), [200, 503]);
  {
    await using runtime = await SocketRuntime.listen(socketPath);
    const connection = await runtime.next();
    await connection.configure();
    assert.deepEqual(await statuses(), [200, 503]);
    await connection.synchronize();
    assert.deepEqual(await statuses(), [200, 200]);
    const { body, type } = await ask(place, "/readyz?verbose");
    const { phase, plugin, connections, errors, runtime: told } = body;
    assert.deepEqual([phase, plugin, connections, errors, type], ["active", "10-test", 1, 0, "application/json"]);
    assert.equal((told as { name: string }).name, "containerd");
  }
  for (let state = await statuses(); state[1] === 200; state = await statuses());
  const { phase, lastError } = (await ask(place, "/healthz")).body;
  assert.equal(phase, "disconnected");
  assert.ok(lastError === undefined || typeof lastError === "object");
  await service.close();
  await assert.rejects(ask(place, "/healthz"), /ENOENT|ECONNREFUSED/);
});

test("a plugin that the runtime refuses is not healthy", async (context) => {
  const { folder, socketPath, service } = await serving(context, (dir) => ({ socketPath: join(dir, "health.sock") }));
  const register = () => {
    throw new Error("no");
  };
  await using runtime = await SocketRuntime.listen(socketPath, { register });
  await runtime.next();
  await runtime.next();
  const { status, body } = await ask({ socketPath: join(folder, "health.sock") }, "/healthz");
  assert.equal(status, 503);
  assert.match(String((body.lastError as { text: string }).text), /desc = no$/);
  await service.close();
});

test("a port is bound to this machine, other paths and methods are refused", async (context) => {
  const { service, lines } = await serving(context, () => ({ port: 0 }));
  const [, host = "", port] = lines.join("\n").match(/Health endpoint on http:\/\/([\d.]+):(\d+)/) ?? [];
  assert.equal(host, "127.0.0.1");
  const place = { host, port: Number(port) };
  assert.equal((await ask(place, "/healthz")).status, 200);
  assert.deepEqual([(await ask(place, "/")).status, (await ask(place, "/healthz", "POST")).status], [404, 405]);
  assert.deepEqual((await ask(place, "/healthz", "HEAD")).status, 200);
  await service.close();
});

test("a socket that a killed plugin left behind is replaced; one in use, or a file, fails the plugin", async (context) => {
  const folder = await scratchFolder(context);
  const used = createServer().listen(join(folder, "used.sock"));
  context.after(() => used.close());
  await writeFile(join(folder, "file"), "");
  const plugin = definePlugin({ index: "10", name: "test", startContainer: () => undefined });
  const options = { socketPath: join(folder, "nri.sock"), environment: {}, log: silentLogger };
  await assert.rejects(plugin.run({ ...options, health: { socketPath: join(folder, "used.sock") } }), {
    code: "health-failed",
    message: /^no health endpoint: .*EADDRINUSE/,
  });
  await assert.rejects(plugin.run({ ...options, health: { socketPath: join(folder, "no", "such") } }), {
    code: "health-failed",
  });
});

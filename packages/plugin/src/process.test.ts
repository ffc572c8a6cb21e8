// Tests of a plugin as a process: inherited descriptor, socket, identity by file name, exit status, what it imports.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { EVENTS } from "@nri/protocol";
import { duplexStream } from "@nri/ttrpc";
import { RawRuntime } from "./raw-runtime.fixture.js";
import { SocketRuntime } from "./socket-runtime.fixture.js";

const CHILD = fileURLToPath(new URL("./child-plugin.fixture.js", import.meta.url));

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "nri-plugin-"));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The runtime's side of a plugin that runs with `script` as its file and nothing but `env` in its environment. */
async function launched(script: string, env: Record<string, string>, socketPath?: string) {
  const server = socketPath === undefined ? undefined : createServer().listen(socketPath);
  if (server) await once(server, "listening");
  const child = spawn(process.execPath, [script, "from-child"], {
    env,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const exited = once(child, "exit");
  const socket = server ? ((await once(server, "connection"))[0] as Socket) : (child.stdio[3] as Socket);
  server?.close();
  const runtime = new RawRuntime({ trunk: duplexStream(socket) });
  await runtime.configure();
  return { runtime, child, exited };
}

test("a launched plugin uses descriptor 3 and its identity from the environment", async () => {
  const env = { NRI_PLUGIN_SOCKET: "3", NRI_PLUGIN_NAME: "launched", NRI_PLUGIN_IDX: "42" };
  const { runtime, exited } = await launched(CHILD, env);
  const { pluginIdx, pluginName } = runtime.registrations[0] ?? {};
  assert.deepEqual([pluginIdx, pluginName], ["42", "launched"]);
  const { adjust } = await runtime.call("CreateContainer", EVENTS.createContainer, {});
  assert.deepEqual(adjust?.args, ["from-child"]);
  runtime.close();
  assert.deepEqual(await exited, [1, null]);
});

test("an external plugin takes its identity from the name of the link it is started as", async (context) => {
  const dir = await folder(context);
  const link = join(dir, "17-linked.js");
  await symlink(CHILD, link);
  const socket = join(dir, "nri.sock");
  const { runtime, child, exited } = await launched(link, { TEST_SOCKET: socket }, socket);
  const { pluginIdx, pluginName } = runtime.registrations[0] ?? {};
  assert.deepEqual([pluginIdx, pluginName], ["17", "linked"]);
  child.kill();
  assert.deepEqual(await exited, [null, "SIGTERM"]);
  await runtime.mux.closed;
});

test("a 3 MiB request passes", async () => {
  const env = { NRI_PLUGIN_SOCKET: "3", NRI_PLUGIN_NAME: "launched", NRI_PLUGIN_IDX: "42" };
  const { runtime, exited } = await launched(CHILD, env);
  const big = "x".repeat(3 * 1024 * 1024);
  const { adjust } = await runtime.call("CreateContainer", EVENTS.createContainer, { container: { args: [big] } });
  assert.deepEqual(adjust?.args, ["from-child"]);
  runtime.close();
  await exited;
});

test("a plugin that has ended leaves nothing behind that keeps the process: connected, or waiting", async (context) => {
  const dir = await folder(context);
  const script = fileURLToPath(new URL("./staying-plugin.fixture.js", import.meta.url));
  for (const waiting of [false, true]) {
    const socket = join(dir, `${waiting}.sock`);
    await using listening = await SocketRuntime.listen(socket);
    const env = { TEST_SOCKET: socket, TEST_FILE: join(dir, "config.json") };
    const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "inherit", "ipc"] });
    const exited = once(child, "exit");
    let printed = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const connected = once(child, "message");
    await listening.plugin();
    await connected;
    if (waiting) await listening[Symbol.asyncDispose]();
    child.send("end");
    assert.deepEqual(await exited, [0, null]);
    assert.equal(printed, "\n");
  }
});

test("importing the SDK does not load the protobuf library", async () => {
  const seen = new Set<string>();
  const visit = async (url: string): Promise<void> => {
    if (seen.has(url) || url.startsWith("node:")) return;
    seen.add(url);
    const source = await readFile(fileURLToPath(url), "utf8");
    for (const [, specifier = ""] of source.matchAll(/^(?:import|export)\s[\w\s{},*$]*?(?:from\s*)?"([^"]+)";/gm)) {
      await visit(specifier.startsWith(".") ? new URL(specifier, url).href : import.meta.resolve(specifier));
    }
  };
  await visit(new URL("./index.js", import.meta.url).href);
  assert.ok(
    [...seen].some((url) => url.includes("/protocol/dist/gen/")),
    "the walk reaches the messages",
  );
  assert.deepEqual(
    [...seen].filter((url) => url.includes("@bufbuild")),
    [],
  );
});

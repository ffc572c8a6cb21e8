// Edge: the health endpoint, plain HTTP for probes of Kubernetes and for people.
//
//   GET /healthz   200 while the plugin does what it can, 503 when it has stopped or is refused by the runtime
//   GET /readyz    200 while it is connected and synchronised, else 503
//
// Both with the state of the plugin as JSON.
import { once } from "node:events";
import { unlinkSync } from "node:fs";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { connect } from "node:net";
import { displayName } from "@nri/protocol";
import { errorText, PluginError } from "../errors.js";
import { HEALTH_REQUEST_TIMEOUT_MS, MAX_HEALTH_CONNECTIONS } from "../limits.js";
import type { Logger } from "../log.js";
import type { PluginState } from "../state.js";

/** Where the health endpoint listens: a TCP port, on 127.0.0.1 unless `host` says otherwise, or a Unix socket. */
export type HealthOptions =
  | { readonly port: number; readonly host?: string | undefined; readonly socketPath?: undefined }
  | { readonly socketPath: string; readonly port?: undefined; readonly host?: undefined };

/** Offers the endpoint. Rejects with code `health-failed`. Closing it ends open requests too. */
export async function serveHealth(
  options: HealthOptions,
  state: () => PluginState,
  log: Logger,
): Promise<AsyncDisposable> {
  // Loaded when it is wanted: a plugin that starts is waited for.
  const { createServer } = await import("node:http");
  const server = createServer(
    { requestTimeout: HEALTH_REQUEST_TIMEOUT_MS, headersTimeout: HEALTH_REQUEST_TIMEOUT_MS, keepAliveTimeout: 1_000 },
    (request, response) => answer(request, response, state()),
  );
  server.maxConnections = MAX_HEALTH_CONNECTIONS;
  const { socketPath, port, host = "127.0.0.1" } = options;
  if (socketPath !== undefined) await removeDeadSocket(socketPath);
  try {
    server.listen(socketPath === undefined ? { port, host } : { path: socketPath });
    await once(server, "listening");
  } catch (cause) {
    throw new PluginError("health-failed", `no health endpoint: ${errorText(cause)}`, { cause });
  }
  log.info(`Health endpoint on ${placeOf(server)}`);
  return { [Symbol.asyncDispose]: () => close(server) };
}

function placeOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return String(address);
  return `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

/** A plugin that was killed leaves its socket behind; one that somebody listens on stays, and listening fails. */
async function removeDeadSocket(path: string): Promise<void> {
  const dead = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
  if (dead) unlinkSync(path);
}

function answer(request: IncomingMessage, response: ServerResponse, state: PluginState): void {
  request.resume();
  const path = request.url?.split("?")[0];
  const good = path === "/healthz" ? isHealthy(state) : path === "/readyz" ? isReady(state) : undefined;
  if (good === undefined) {
    send(response, 404, { error: "known are /healthz and /readyz" });
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    send(response.setHeader("allow", "GET, HEAD"), 405, { error: `${request.method} is not for here` });
  } else {
    send(response, good ? 200 : 503, { ...state, plugin: displayName(state.plugin.index, state.plugin.name) });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}

/** Starting the program anew would help: it has stopped, or does not get in. A runtime that is away is not its fault. */
function isHealthy({ phase, refusals }: PluginState): boolean {
  return phase !== "stopped" && refusals === 0;
}

function isReady({ phase }: PluginState): boolean {
  return phase === "active";
}

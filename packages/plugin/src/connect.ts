// Edge: where the connection to the runtime comes from - given, inherited, or made.

import { once } from "node:events";
import type { Duplex } from "node:stream";
import { DEFAULT_SOCKET_PATH, PLUGIN_SOCKET_ENV } from "@nri/protocol";
import { type ByteStream, duplexStream, TtrpcError } from "@nri/ttrpc";
import { connectUnix, fdStream } from "@nri/ttrpc/node";
import { errorText, PluginError } from "./errors.js";
import type { Logger } from "./log.js";

/** A connection made elsewhere: a socket or any other duplex stream, or bytes as ttRPC takes them. */
export type GivenConnection = Duplex | ByteStream;

/** Makes a connection to the runtime in place of the SDK, each time anew. Of a promise, the connection that comes after an abort is closed. */
export type Dial = (socketPath: string, signal: AbortSignal | undefined) => GivenConnection | Promise<GivenConnection>;

/** How to reach the runtime. */
export interface ConnectOptions {
  readonly dial?: Dial | undefined;
  readonly connection?: GivenConnection | undefined;
  readonly socketPath?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs: number;
  readonly environment: NodeJS.ProcessEnv;
}

/** Connects: with the given connection, else the inherited descriptor, else to the socket. Texts: transport 4.3, stub 5. */
export async function connect(options: ConnectOptions, log: Logger): Promise<ByteStream> {
  const { connection, environment } = options;
  if (connection !== undefined) {
    log.info("Using given plugin connection...");
    return byteStream(connection);
  }
  const inherited = environment[PLUGIN_SOCKET_ENV];
  if (inherited) {
    log.info(`Using connection ${JSON.stringify(inherited)} from environment...`);
    return inheritedStream(inherited);
  }
  const { signal, timeoutMs, dial, socketPath = DEFAULT_SOCKET_PATH } = options;
  try {
    if (dial !== undefined) return await dialled(dial, socketPath, timeoutMs, signal);
    return await connectUnix(socketPath, signal ? { signal, timeoutMs } : { timeoutMs });
  } catch (cause) {
    if (options.signal?.aborted) throw new PluginError("stopped", "stopped while connecting", { cause });
    throw new PluginError("connect-failed", `failed to connect to NRI service: ${errorText(cause)}`, { cause });
  }
}

/** What `dial` gives, within the time that connecting may take. What comes later is closed. */
async function dialled(
  dial: Dial,
  socketPath: string,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  const limit = new AbortController();
  const stop = () => limit.abort(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  const late = new TtrpcError("connect", `cannot connect to ${socketPath} within ${timeoutMs} ms`);
  const timer = setTimeout(() => limit.abort(late), timeoutMs);
  try {
    const dialling = Promise.resolve(dial(socketPath, limit.signal));
    const aborted = once(limit.signal, "abort").then(() => {
      void dialling.then(closeGiven, () => undefined);
      throw limit.signal.reason;
    });
    aborted.catch(() => undefined);
    limit.signal.throwIfAborted();
    return byteStream(await Promise.race([dialling, aborted]));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function byteStream(connection: GivenConnection): ByteStream {
  return isByteStream(connection) ? connection : duplexStream(connection);
}

/** Closes a given connection that will not be used after all. */
export function closeGiven(connection: GivenConnection | undefined): void {
  if (connection === undefined) return;
  if (isByteStream(connection)) connection.close();
  else connection.destroy();
}

function isByteStream(connection: GivenConnection): connection is ByteStream {
  return "open" in connection && "close" in connection && "queuedBytes" in connection;
}

/** A descriptor can be used up once: after a session on it has ended, it is closed. */
const usedDescriptors = new Set<number>();

function inheritedStream(value: string): ByteStream {
  if (!/^[+-]?\d+$/.test(value)) {
    throw new PluginError(
      "connect-failed",
      `invalid socket in environment (${PLUGIN_SOCKET_ENV}=${JSON.stringify(value)}): not a number`,
    );
  }
  const descriptor = Number(value);
  if (usedDescriptors.has(descriptor)) {
    throw new PluginError(
      "connect-failed",
      `invalid socket (${descriptor}) in environment: already used by this process`,
    );
  }
  try {
    const stream = fdStream(descriptor);
    usedDescriptors.add(descriptor);
    return stream;
  } catch (cause) {
    throw new PluginError("connect-failed", `invalid socket (${descriptor}) in environment: ${errorText(cause)}`, {
      cause,
    });
  }
}

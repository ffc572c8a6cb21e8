// Edge: where the connection to the runtime comes from - given, inherited, or made.

import type { Duplex } from "node:stream";
import { DEFAULT_SOCKET_PATH, PLUGIN_SOCKET_ENV } from "@nri/protocol";
import { type ByteStream, duplexStream } from "@nri/ttrpc";
import { connectUnix, fdStream } from "@nri/ttrpc/node";
import { errorText, PluginError } from "./errors.js";
import type { Logger } from "./log.js";

/** A connection made elsewhere: a socket or any other duplex stream, or bytes as ttRPC takes them. */
export type GivenConnection = Duplex | ByteStream;

/** How to reach the runtime. */
export interface ConnectOptions {
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
    return isByteStream(connection) ? connection : duplexStream(connection);
  }
  const inherited = environment[PLUGIN_SOCKET_ENV];
  if (inherited) {
    log.info(`Using connection ${JSON.stringify(inherited)} from environment...`);
    return inheritedStream(inherited);
  }
  try {
    const { signal, timeoutMs } = options;
    return await connectUnix(options.socketPath ?? DEFAULT_SOCKET_PATH, signal ? { signal, timeoutMs } : { timeoutMs });
  } catch (cause) {
    if (options.signal?.aborted) throw new PluginError("stopped", "stopped while connecting", { cause });
    throw new PluginError("connect-failed", `failed to connect to NRI service: ${errorText(cause)}`, { cause });
  }
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

// The socket that external plugins connect to: its directory, its permissions, and what was there before.
import { chmod, lstat, unlink } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import { isMainThread } from "node:worker_threads";
import { AdaptationError, type AdaptationErrorCode, errorText, systemCode } from "./errors.js";
import { MAX_SOCKET_PATH_BYTES } from "./limits.js";
import { makeFolder } from "./make-folder.js";

/** A listening socket. */
export interface Listener {
  /** Where it is. */
  readonly path: string;
  /** Stops listening and removes the socket; connections that were accepted stay. Idempotent. */
  close(): Promise<void>;
}

const DIRECTORY_MODE = 0o700;
const SOCKET_MODE = 0o600;
const SOCKET_UMASK = 0o177;
const BACKLOG = 511;

/**
 * Listens on a unix socket of mode 0600. Creates missing directories with mode 0700 and leaves existing ones as they
 * are; replaces a socket nobody listens on. `accepted` gets every connection, `failed` an error after listening began.
 *
 * Throws `socket-path-too-long`, `not-a-socket` (something else is there), `socket-in-use` (somebody listens), or
 * `socket-failed` for all other causes; all name the path.
 */
export async function listen(
  path: string,
  accepted: (socket: Socket) => void,
  failed: (error: Error) => void,
): Promise<Listener> {
  const refuse = (code: AdaptationErrorCode, why: string, cause?: unknown): AdaptationError =>
    new AdaptationError(code, `failed to create socket "${path}": ${why}`, { cause });
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_SOCKET_PATH_BYTES) {
    const why = `the path has ${bytes} bytes, a socket's path at most ${MAX_SOCKET_PATH_BYTES}`;
    throw refuse("socket-path-too-long", why);
  }
  try {
    makeFolder(dirname(path), DIRECTORY_MODE);
    await clearWay(path, refuse);
    const server = createServer(accepted);
    await bind(server, path);
    await chmod(path, SOCKET_MODE).catch(async (error: unknown) => {
      await closeServer(server);
      throw error;
    });
    server.on("error", failed);
    return { path, close: () => closeServer(server) };
  } catch (error) {
    throw error instanceof AdaptationError ? error : refuse("socket-failed", errorText(error), error);
  }
}

/** Removes a dead socket at `path`; refuses to remove anything else. */
async function clearWay(
  path: string,
  refuse: (code: AdaptationErrorCode, why: string) => AdaptationError,
): Promise<void> {
  const there = await lstat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  });
  if (there === undefined) {
    return;
  }
  if (!there.isSocket()) {
    throw refuse("not-a-socket", "a file is there which is no socket; it was left alone");
  }
  if (await isAlive(path)) {
    throw refuse("socket-in-use", "another process is listening on it");
  }
  await unlink(path);
}

/** Whether somebody listens on the socket at `path`. Only a refused connection says that nobody does. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error: Error & { code?: string }) => resolve(error.code !== "ECONNREFUSED"));
  });
}

/** Binds with a umask that leaves no moment in which others may connect. Workers have no umask of their own. */
function bind(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    const umask = isMainThread ? process.umask(SOCKET_UMASK) : undefined;
    try {
      server.listen({ path, backlog: BACKLOG }, () => {
        server.off("error", reject);
        resolve();
      });
    } finally {
      if (umask !== undefined) {
        process.umask(umask);
      }
    }
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    resolve(); // `close` waits for accepted connections, too; those are not the listener's
  });
}

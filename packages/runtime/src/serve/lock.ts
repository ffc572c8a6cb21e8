// One daemon for each state folder: a lock that ends with its holder, however that ends.
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { open, readdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { makeFolder } from "@nri/adaptation";
import { errorText, systemCode } from "../error-text.js";
import { LIMITS } from "../limits.js";

/** The lock, held until it is disposed of, or its process ends. */
export type DaemonLock = AsyncDisposable;

/**
 * Takes the lock of a folder, which is made when it is not there. Throws when another daemon holds it.
 *
 * Whoever wants it listens on a socket of a name of its own, then looks who else does. A socket on which nobody listens is
 * a dead daemon's, and is removed: its name never comes back. Two that come at the same moment see each other, and try again.
 */
export async function lockFolder(folder: string): Promise<DaemonLock> {
  try {
    makeFolder(folder, 0o700);
  } catch (error) {
    throw new Error(`the state folder cannot be made: ${errorText(error)}`, { cause: error });
  }
  const handle = await open(folder);
  // A socket's path is limited to 107 bytes, that of a folder is not: it is reached by its descriptor.
  const short = `/proc/self/fd/${handle.fd}`;
  try {
    for (let attempt = 1; ; attempt++) {
      const name = randomBytes(4).toString("hex");
      const server = await listening(join(short, name));
      const other = await otherIn(short, name);
      if (other === undefined) {
        const release = async (): Promise<void> => {
          await closed(server); // which removes it, by the descriptor
          await handle.close();
        };
        return { [Symbol.asyncDispose]: release };
      }
      await closed(server);
      if (attempt === LIMITS.serve.lockAttempts) {
        throw new Error(`another daemon has this state folder: it listens on ${join(folder, other)}`);
      }
      await delay(LIMITS.serve.lockPauseMs * (0.5 + Math.random()));
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function listening(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(path);
    await once(server, "listening");
  } catch (error) {
    throw new Error(`the lock of the state folder cannot be taken: ${errorText(error)}`, { cause: error });
  }
  // One that cannot be accepted, for want of descriptors, has connected all the same, which is all that it wants to know.
  server.on("error", () => undefined);
  return server.unref();
}

/** The name on which somebody else listens. */
async function otherIn(folder: string, own: string): Promise<string | undefined> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (name === own) continue;
    if (await isAlive(path)) return name;
    await rm(path, { force: true, recursive: true });
  }
  return undefined;
}

const DEAD: ReadonlySet<string> = new Set(["ECONNREFUSED", "ENOENT", "ENOTSOCK"]);

/** Only a refused connection, or what is no socket, says that nobody listens. */
function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path, () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", (error) => resolve(!DEAD.has(systemCode(error) ?? "")));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

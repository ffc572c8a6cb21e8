// Where wrappers of the OCI runtime meet the daemon: a folder with a socket and a door (a FIFO), and one desk behind both.
import { dirname } from "node:path";
import type { Logger } from "@nri/adaptation";
import type { LeaseHandler } from "../lease.js";
import { type LeaseLimits, LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { LeaseDesk } from "./desk.js";
import { Door } from "./door.js";
import { privateFolder } from "./folder.js";
import { listenAt } from "./socket.js";

/** What a lease server is made with. */
export interface LeaseServerOptions {
  /** Its socket. The folder of it is made with mode 0700, or closed to others; the script's FIFOs are in there as well. */
  readonly socketPath: string;
  /** Takes the calls. */
  readonly handler: LeaseHandler;
  /** Told of each call that is refused without the handler. */
  readonly failed?: ((call: RuntimeCall, text: string) => void) | undefined;
  /** Where it tells what went wrong. */
  readonly log?: Logger | undefined;
  /** Limits other than the usual ones. */
  readonly limits?: Partial<LeaseLimits> | undefined;
}

/** A lease server at work. */
export interface LeaseServer extends AsyncDisposable {
  /** Where it listens. */
  readonly socketPath: string;
  /** Calls under way. */
  readonly underWay: number;
  /**
   * Refuses what has no answer yet, and hears no more calls. Those that were answered go on without it. The door stays: a
   * wrapper waits there for the next daemon. Idempotent.
   */
  close(): Promise<void>;
}

/**
 * Hears the calls of wrapped OCI runtimes, those that wait already among them. Throws when another daemon does, or when
 * the folder is somebody else's.
 */
export async function listenForLeases(options: LeaseServerOptions): Promise<LeaseServer> {
  const { socketPath, handler, failed, log } = options;
  const folder = dirname(socketPath);
  await privateFolder(folder);
  const desk = new LeaseDesk({ handler, failed, log, limits: { ...LIMITS.lease, ...options.limits } });
  const socket = await listenAt(socketPath, desk, log);
  const door = await Door.open(folder, desk, log).catch(async (error: unknown) => {
    await socket.close();
    throw error;
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      desk.close();
      await door.close();
      await socket.close();
    })();
    return closing;
  };
  return {
    socketPath,
    close,
    get underWay() {
      return desk.underWay;
    },
    [Symbol.asyncDispose]: close,
  };
}

// Whether containerd's CRI serves NRI itself, found out without connecting to it: a connection would be a plugin.
import { stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { LIMITS } from "../limits.js";
import { heldSockets, sameSocket, socketsThatListen } from "../listening-sockets.js";
import type { ContainerdApi } from "./api.js";

const PLUGIN_TYPE = "io.containerd.nri.v1";
const POLL_MS = 100;

/** What was found, and by what. */
export interface ServesNri {
  readonly serves: boolean;
  readonly reason: string;
}

/**
 * It does when it has the plugin, CRI has started (`hasCri`), and it listens on `nriSocket` or on another socket of that file name:
 * no other answer of its API tells whether NRI is disabled in its configuration.
 */
export async function findServesNri(
  api: ContainerdApi,
  hasCri: boolean,
  nriSocket: string,
  signal: AbortSignal,
): Promise<ServesNri> {
  const version = await api.version(signal);
  const [plugin] = await api.plugins(PLUGIN_TYPE, signal);
  if (plugin === undefined) return { serves: false, reason: `containerd ${version} has no NRI` };
  if (plugin.initErr !== null) return { serves: false, reason: `its NRI does not work: ${plugin.initErr.message}` };
  if (!hasCri) return { serves: false, reason: "its CRI, which starts NRI, is not there" };
  const socket = await listening(api, nriSocket, signal);
  return socket === undefined
    ? { serves: false, reason: `it does not listen on ${nriSocket}` }
    : { serves: true, reason: `it listens on ${socket}` };
}

/** Waits, for a while, until CRI has read its state and started NRI. False when there is no CRI, or it does not come. */
export async function criStarted(api: ContainerdApi, signal: AbortSignal): Promise<boolean> {
  const end = Date.now() + LIMITS.containerd.criReadyMs;
  for (;;) {
    const ready = await api.criReady(signal);
    if (ready !== undefined || Date.now() > end) return ready === true;
    await pause(POLL_MS, undefined, { signal });
  }
}

// Path of containerd's NRI socket. Its own process tells most: it may live in another network namespace, which has a socket table
// of its own, and a socket of that path may be somebody else's, such as this bridge's.
async function listening(api: ContainerdApi, nriSocket: string, signal: AbortSignal): Promise<string | undefined> {
  const { pid, pidNamespace } = await api.server(signal);
  const own = pid !== 0 && (await stat("/proc/self/ns/pid")).ino === pidNamespace;
  const sockets = await socketsThatListen(own ? pid : undefined);
  if (own) {
    const held = await heldSockets(pid);
    return sockets.find(({ inode, path }) => held.has(inode) && sameSocket(path, nriSocket, true))?.path;
  }
  const ours = await heldSockets(process.pid);
  return sockets.find(({ inode, path }) => !ours.has(inode) && sameSocket(path, nriSocket, false))?.path;
}

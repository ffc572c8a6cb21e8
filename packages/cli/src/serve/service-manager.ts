// Tells systemd that the daemon is ready (Type=notify): the unit is up when plugins and engines may come, not before.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";

const run = promisify(execFile);

/**
 * Sends READY and a line for `systemctl status`, when a service manager waits for that. Its socket takes datagrams, which
 * Node.js cannot send: systemd's own program does. Resolves with what went wrong, if anything did.
 */
export async function tellReady(
  env: { readonly [name: string]: string | undefined },
  status: string,
): Promise<string | undefined> {
  const socket = env.NOTIFY_SOCKET;
  if (socket === undefined || socket === "") return undefined;
  try {
    await run("systemd-notify", ["--ready", `--status=${status}`], {
      env: { NOTIFY_SOCKET: socket, PATH: "/usr/local/bin:/usr/bin:/bin" },
      timeout: LIMITS.notifyMs,
    });
    return undefined;
  } catch (error) {
    return `NOTIFY_SOCKET is set, but the service manager cannot be told that the daemon is ready: ${errorText(error).replace(/\s*\n\s*/g, "; ")}`;
  }
}

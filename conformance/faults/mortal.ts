// Faulty plugins in processes of their own, for deaths that are real.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Bring } from "./round.js";

const PROGRAM = fileURLToPath(new URL("dying-plugin.js", import.meta.url));

/** Starts the plugin as a process; `close` kills and reaps it. */
export const inProcessOfItsOwn: Bring = async (lab, options) => {
  const child = spawn(process.execPath, [PROGRAM, lab.socket, JSON.stringify(options)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => resolve());
  });
  return {
    count: () => undefined,
    isDisconnected: undefined,
    async close() {
      child.kill("SIGKILL");
      await gone;
    },
  };
};

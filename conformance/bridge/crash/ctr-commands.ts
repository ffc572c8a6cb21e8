// Containers of `ctr`, which are created and started in one.
import { join } from "node:path";
import { RealRuntime } from "@nri/runtime";
import type { Containerd } from "../../peers/containerd.js";
import { type Ctr, ctrRun } from "../ctr.js";
import type { Commands } from "./user.js";

/** Where runc keeps what containerd's shims tell it to. */
const RUNC_ROOT = "/run/containerd/runc";

/** Run, kill, delete. */
export function ctrCommands(ctr: Ctr, containerd: Containerd, wrapper: string, runc: string): Commands {
  const runtime = new RealRuntime({ path: runc, root: join(RUNC_ROOT, ctr.namespace) });
  const pids = new Map<string, number>();
  /** Its failure is no failure: what is not there any more cannot be deleted. */
  const clear = (id: string, ...words: string[]) => ctr(...words, id).catch((error: Error) => error.message);
  return {
    begin: [
      {
        run: async (id) => {
          const { pid } = await ctrRun(ctr, containerd, wrapper, { name: id, command: ["sleep", "1000"] });
          pids.set(id, pid);
        },
        failed: async (id) => {
          // Created, when its start has failed: ctr leaves that to its user.
          const state = await runtime.state(id);
          if (state?.status === "running") throw new Error(`${id} runs although it failed`);
          await clear(id, "task", "delete", "--force");
          await clear(id, "container", "delete");
        },
      },
    ],
    use: [],
    pid: async (id) => pids.get(id) ?? 0,
    kill: async (id) => void (await ctr("task", "kill", "-s", "SIGKILL", id)),
    remove: async (id) => {
      await clear(id, "task", "delete"); // ends with the container's exit code
      await ctr("container", "delete", id);
    },
  };
}

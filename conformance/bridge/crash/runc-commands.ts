// runc by hand, by way of the wrapper.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RealRuntime } from "@nri/runtime";
import type { Commands } from "./user.js";

/** What the commands work with. */
export interface RuncPlace {
  /** For bundles. */
  readonly dir: string;
  /** A folder with `bin/busybox`. */
  readonly rootfs: string;
  readonly wrapper: string;
  readonly runtime: RealRuntime;
  /** Of runc. */
  readonly root: string;
}

/** Create, start, update, kill, delete. */
export function runcCommands({ dir, rootfs, wrapper, runtime, root }: RuncPlace): Commands {
  const bundleOf = (id: string): string => join(dir, id);
  const call = async (...words: string[]): Promise<void> => {
    const errors = join(dir, `errors-${words.at(-1)}`);
    // No pipes: the container keeps them, and who waits for their end would wait for the container.
    const stderr = openSync(errors, "w");
    const child = spawn(wrapper, ["--root", root, ...words], { stdio: ["ignore", "ignore", stderr] });
    closeSync(stderr);
    const [code] = await once(child, "exit");
    if (code !== 0) throw new Error(`${words.join(" ")}: exit code ${code}: ${readFileSync(errors, "utf8")}`);
  };
  const resources = join(dir, "resources.json");
  writeFileSync(resources, JSON.stringify({ cpu: { shares: 512 } }));
  return {
    begin: [
      {
        run: async (id) => {
          writeBundle(bundleOf(id), id, rootfs);
          await call("create", "--bundle", bundleOf(id), "--pid-file", join(bundleOf(id), "pid"), id);
        },
        failed: async (id) => {
          const state = await runtime.state(id);
          if (state !== undefined) throw new Error(`${id} is there although its creation failed: ${state.status}`);
        },
      },
      { run: (id) => call("start", id) },
    ],
    use: [{ run: (id) => call("update", "--resources", resources, id) }],
    pid: async (id) => (await runtime.state(id))?.pid ?? 0,
    kill: (id) => call("kill", id, "KILL"),
    remove: async (id) => {
      await call("delete", id);
      rmSync(bundleOf(id), { recursive: true });
    },
  };
}

function writeBundle(bundle: string, id: string, rootfs: string): void {
  mkdirSync(bundle, { recursive: true });
  const spec = {
    ociVersion: "1.0.2",
    process: { args: ["/bin/busybox", "sleep", "1000"], env: ["PATH=/bin"], cwd: "/", user: { uid: 0, gid: 0 } },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["mode=755"] },
    ],
    linux: { cgroupsPath: `/${id}`, namespaces: [{ type: "pid" }, { type: "mount" }] },
  };
  writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
}

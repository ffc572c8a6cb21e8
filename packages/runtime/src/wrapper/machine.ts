// The machine that a wrapper is written for: this one, or the one whose file system a container has been given.
import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, SYSTEM_PATH } from "../oci/find-program.js";

const run = promisify(execFile);
const LOOK_MS = 10_000;

/** Where the wrapper's programs are, and how they are called. Names are those of that machine. */
export interface Machine {
  /** The name by which this process reaches a file of it. */
  reach(path: string): string;
  /** What a program prints. Throws when it cannot be run, or fails. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Absolute name of a program in the system's folders; undefined when it is in none. */
  find(name: string): Promise<string | undefined>;
}

/** The one that we run on. */
export const THIS_MACHINE: Machine = {
  reach: (path) => path,
  run: async (program, ...args) => {
    await access(program, constants.X_OK);
    if (!(await stat(program)).isFile()) throw new Error("it is no file");
    return (await run(program, args, { timeout: LOOK_MS })).stdout;
  },
  find: async (name) => findProgram(name, SYSTEM_PATH),
};

/** The one whose root folder is mounted here. Its programs need its libraries, so that they run with it as their root. */
export function machineBelow(root: string): Machine {
  const chroot = async (...words: readonly string[]): Promise<string> =>
    (await run("chroot", [root, ...words], { timeout: LOOK_MS, env: { PATH: SYSTEM_PATH } })).stdout;
  return {
    reach: (path) => join(root, path),
    run: chroot,
    find: async (name) => {
      const found = await chroot("/bin/sh", "-c", 'command -v "$1" || :', "sh", name);
      return found === "" ? undefined : found.trimEnd();
    },
  };
}

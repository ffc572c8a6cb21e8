// The misbehaving programs of fixtures/ as plugins to launch, and whether a process is still there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LaunchSpec } from "./launch.js";

/** Where the programs are. */
export const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));

/** A program of `FIXTURES` as a plugin, named after its file. */
export function fixture(index: string, file: string, config?: string): LaunchSpec {
  const path = join(FIXTURES, file);
  const name = file.replace(/\..*/, "");
  return file.endsWith(".mjs")
    ? { index, name, command: process.execPath, args: [path], config }
    : { index, name, command: path, config };
}

/** Whether a process is there; one that is dead and waits to be reaped is not. */
export function isThere(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /s.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
}

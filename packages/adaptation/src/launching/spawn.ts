// Starts a program that inherits nothing of this process but what it is given.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { inheritableDescriptors } from "./inherited.js";

/** What a program is started with. */
export interface BareProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: { readonly [name: string]: string };
  /** Descriptors from 0 on; there are no others. */
  readonly stdio: readonly ("ignore" | "pipe")[];
  /** A session and process group of its own, without a controlling terminal: its number is the program's process id. */
  readonly ownGroup: boolean;
  /** Working directory; ours when absent. */
  readonly cwd?: string | undefined;
}

/** Forks and executes. Of our own descriptors that are not closed on exec the program sees `/dev/null` in their place. */
export function spawnBare({ command, args, env, stdio: given, ownGroup, cwd }: BareProgram): ChildProcess {
  const leaking = inheritableDescriptors(given.length);
  const stdio: ("ignore" | "pipe" | number)[] = [...given];
  const nothing = leaking.length === 0 ? undefined : openSync("/dev/null", "r");
  try {
    for (const descriptor of leaking) {
      while (stdio.length < descriptor) {
        stdio.push("ignore"); // above 2 that leaves a number as it is
      }
      stdio.push(nothing ?? "ignore");
    }
    return spawn(command, args, {
      env: { ...env, NODE_V8_COVERAGE: undefined }, // unless named, Node adds its own to every environment
      stdio,
      cwd,
      detached: ownGroup,
      windowsHide: true,
    });
  } finally {
    if (nothing !== undefined) {
      closeSync(nothing);
    }
  }
}

// What is installed and runs, compared with what is to run: a plugin is the same as long as its program and its
// configuration are.
import { stat } from "node:fs/promises";
import { displayName } from "@nri/protocol";
import type { PluginRecord } from "../plugin-record.js";
import type { LaunchSpec } from "./launch.js";
import type { Backoff } from "./restart.js";

/** A plugin that was started, over all its instances. */
export interface Installation {
  /** As it was first started. */
  readonly spec: LaunchSpec;
  /** What its last instance was started from. */
  print: string;
  /** Its last instance. */
  record: PluginRecord;
  /** Its crashes; undefined before the first. */
  backoff: Backoff | undefined;
  /** Runs until it is started again. */
  timer: NodeJS.Timeout | undefined;
  /** The installation that it is to replace; while there is one it is not started again. */
  replaces: Installation | undefined;
}

/** A plugin that is to run. */
export interface Wanted {
  readonly spec: LaunchSpec;
  readonly print: string;
}

/** What has to be done. */
export interface Changes {
  readonly kept: readonly Installation[];
  readonly changed: readonly { readonly from: Installation; readonly to: Wanted }[];
  readonly added: readonly Wanted[];
  readonly removed: readonly Installation[];
}

/** What a plugin is started from, as a text: its file (by number, size and time), arguments and configuration. */
export async function printOf({ command, args = [], config = "" }: LaunchSpec): Promise<string> {
  const file = await stat(command, { bigint: true }).catch(() => undefined); // what is not there fails when it is started
  const seen = file === undefined ? "" : [file.dev, file.ino, file.size, file.mtimeNs].join(":");
  return JSON.stringify([command, seen, args, config]);
}

/** Finds what is the same, what has changed, and what came and went. Each is found once, whatever names are there twice. */
export function changesBetween(installed: Iterable<Installation>, wanted: readonly Wanted[]): Changes {
  const rest = new Set(installed);
  const take = (fits: (one: Installation) => boolean): Installation | undefined => {
    const found = [...rest].find(fits);
    if (found !== undefined) {
      rest.delete(found);
    }
    return found;
  };
  const kept: Installation[] = [];
  const others = wanted.filter(({ spec, print }) => {
    const same = take((one) => nameOf(one.spec) === nameOf(spec) && one.print === print);
    if (same !== undefined) {
      kept.push(same);
    }
    return same === undefined;
  });
  const changed: { from: Installation; to: Wanted }[] = [];
  const added = others.filter((to) => {
    const from = take((one) => nameOf(one.spec) === nameOf(to.spec));
    if (from !== undefined) {
      changed.push({ from, to });
    }
    return from === undefined;
  });
  return { kept, changed, added, removed: [...rest] };
}

function nameOf({ index, name }: LaunchSpec): string {
  return displayName(index, name);
}

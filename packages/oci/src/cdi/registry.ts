// All CDI devices that the node's files describe, and which file wins.
import { OciError } from "../errors.js";
import type { HostDeviceLookup } from "../host-device.js";
import type { Spec } from "../spec/types.js";
import { applyEdits } from "./edits.js";
import type { CdiDevice, CdiFile } from "./file.js";
import { qualifiedName } from "./name.js";

/** One file that could be read. */
export interface LoadedCdiFile {
  /** Its path. */
  readonly name: string;
  /** Number of its folder: devices of a higher one hide those of a lower one. */
  readonly priority: number;
  readonly content: CdiFile;
}

interface Entry {
  readonly file: LoadedCdiFile;
  readonly device: CdiDevice;
}

/**
 * Devices by qualified name, made of files. The highest priority that has a device decides about it: two files of that
 * priority take it away, whatever lower ones say, and a conflict below it does no harm (in the Go library it does).
 * `problems` says what is wrong with files, for errors and logs.
 */
export class CdiRegistry {
  /** One sentence for each file that was left out and each device that two files of equal priority describe. */
  readonly problems: readonly string[];
  readonly #devices = new Map<string, Entry>();

  constructor(files: readonly LoadedCdiFile[], problems: readonly string[] = []) {
    const conflicts = new Map<string, string>();
    for (const file of [...files].sort((left, right) => right.priority - left.priority)) {
      for (const device of file.content.devices ?? []) {
        const name = qualifiedName(file.content.kind ?? "", device.name ?? "");
        const other = this.#devices.get(name)?.file;
        if (other === undefined) this.#devices.set(name, { file, device });
        else if (other.priority === file.priority) {
          conflicts.set(name, `conflicting device ${JSON.stringify(name)} (${other.name}, ${file.name})`);
        }
      }
    }
    for (const name of conflicts.keys()) this.#devices.delete(name);
    this.problems = [...problems, ...conflicts.values()];
  }

  /** Qualified names of all devices, sorted. */
  get names(): readonly string[] {
    return [...this.#devices.keys()].sort();
  }

  /**
   * Puts devices into `spec`: for each the edits of its file (once per file) and its own. Throws OciError
   * `cdi-unresolvable` with the names of all that are unknown before it changes anything; a name given twice counts once.
   */
  inject(spec: Spec, names: readonly string[], host: HostDeviceLookup): void {
    const wanted = [...new Set(names)];
    const unknown = wanted.filter((name) => !this.#devices.has(name));
    if (unknown.length > 0) {
      const why = this.problems.length === 0 ? "" : ` (${this.problems.join("; ")})`;
      throw new OciError("cdi-unresolvable", `unresolvable CDI devices ${unknown.join(", ")}${why}`);
    }
    const done = new Set<LoadedCdiFile>();
    for (const name of wanted) {
      const entry = this.#devices.get(name);
      if (entry === undefined) continue;
      if (!done.has(entry.file)) applyEdits(spec, entry.file.content.containerEdits ?? {}, host);
      done.add(entry.file);
      applyEdits(spec, entry.device.containerEdits ?? {}, host);
    }
  }
}

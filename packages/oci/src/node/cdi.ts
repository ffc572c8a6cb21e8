// CDI devices of this machine.
import { join } from "node:path";
import { readCdiFile } from "../cdi/file.js";
import { CdiRegistry, type LoadedCdiFile } from "../cdi/registry.js";
import { errorText } from "../errors.js";
import type { HostDeviceLookup } from "../host-device.js";
import type { Spec } from "../spec/types.js";
import { listDir, readHostDevice, readText } from "./files.js";

/** Where CDI specs lie; devices of a later folder hide those of an earlier one. */
export const DEFAULT_CDI_DIRS: readonly string[] = ["/etc/cdi", "/var/run/cdi"];

/** Where CDI devices are looked up. */
export interface CdiOptions {
  /** Folders with `*.json` and `*.yaml` files, by rising priority. Default: `DEFAULT_CDI_DIRS`. */
  readonly dirs?: readonly string[] | undefined;
  /** Looks up device nodes of the host; default: on this machine. */
  readonly hostDevice?: HostDeviceLookup | undefined;
  /** Told about each file that cannot be used and each conflict. Without it they are only in the error of a failed injection. */
  readonly warn?: ((text: string) => void) | undefined;
}

/**
 * Resolves CDI devices from the spec files of this machine, for `injectCdiDevices` of `applyAdjustment`. The files are read
 * anew for each call; one that is unreadable or breaks the rules only takes away its own devices. Throws OciError
 * `unresolvable CDI devices a, b`, and `cdi-injection` when a device node is neither described nor there.
 */
export function cdiInjector(options: CdiOptions = {}): (spec: Spec, names: readonly string[]) => void {
  return (spec, names) => {
    const registry = loadCdi(options.dirs ?? DEFAULT_CDI_DIRS);
    for (const problem of registry.problems) options.warn?.(problem);
    registry.inject(spec, names, options.hostDevice ?? readHostDevice);
  };
}

/** Qualified names of all CDI devices that the files in `dirs` describe. */
export function cdiDevices(options: Pick<CdiOptions, "dirs"> = {}): readonly string[] {
  return loadCdi(options.dirs ?? DEFAULT_CDI_DIRS).names;
}

function loadCdi(dirs: readonly string[]): CdiRegistry {
  const files: LoadedCdiFile[] = [];
  const problems: string[] = [];
  const attempt = (run: () => void) => {
    try {
      run();
    } catch (error) {
      problems.push(errorText(error));
    }
  };
  dirs.forEach((dir, priority) => {
    attempt(() => {
      for (const entry of listDir(dir)) {
        if (!/\.(json|yaml)$/.test(entry)) continue;
        const name = join(dir, entry);
        attempt(() => {
          files.push({ name, priority, content: readCdiFile(readText(name), name) });
        });
      }
    });
  });
  return new CdiRegistry(files, problems);
}

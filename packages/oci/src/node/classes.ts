// Block I/O and RDT classes of this machine.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type BlockDevice, readBlockioClasses } from "../classes/blockio.js";
import { className, classNameError, closIdOf, isRootClass, readRdtClasses } from "../classes/rdt.js";
import { OciError } from "../errors.js";
import type { LinuxBlockIO, LinuxIntelRdt } from "../spec/types.js";
import { findBlockDevices, readText } from "./files.js";

/** Where block I/O classes are looked up. */
export interface BlockioOptions {
  /** Configuration in goresctrl's form, as containerd's `blockio_config_file`. */
  readonly configFile: string;
  /** Finds the block devices that path patterns mean; default: on this machine, anew for each call. */
  readonly findDevices?: ((patterns: readonly string[]) => readonly BlockDevice[]) | undefined;
}

/**
 * Resolves block I/O classes, for `resolveBlockioClass` of `applyAdjustment`. The configuration is read once, here; throws
 * OciError when it cannot be read or used. The resolver throws OciError for an unknown class.
 */
export function blockioClassResolver(options: BlockioOptions): (name: string) => LinuxBlockIO {
  const classes = readBlockioClasses(readText(options.configFile), options.configFile);
  const find = options.findDevices ?? findBlockDevices;
  return (name) => classes.resolve(name, find);
}

/** Where resctrl is mounted. */
export const DEFAULT_RESCTRL_DIR = "/sys/fs/resctrl";

/** Where RDT classes are looked up. */
export interface RdtOptions {
  /** Configuration in goresctrl's form, as containerd's `rdt_config_file`. Without it every group of resctrl is a class. */
  readonly configFile?: string | undefined;
  /** The resctrl tree in which the class must have its group; default `DEFAULT_RESCTRL_DIR`. `null`: it is not looked at. */
  readonly resctrlDir?: string | null | undefined;
}

/**
 * Resolves RDT classes to the resctrl group (`closID`) of their name, for `resolveRdtClass` of `applyAdjustment`;
 * `system/default` is the root group. Groups are not created: that is for whoever owns resctrl on the node. The
 * configuration is read once, here; throws OciError when it cannot be read or used. The resolver throws OciError for a class
 * that the configuration or the resctrl tree does not have.
 */
export function rdtClassResolver(options: RdtOptions = {}): (name: string) => LinuxIntelRdt {
  const { configFile, resctrlDir = DEFAULT_RESCTRL_DIR } = options;
  const known = configFile === undefined ? undefined : new Set(readRdtClasses(readText(configFile), configFile));
  return (name) => {
    const wrong = classNameError(name);
    if (wrong !== undefined) throw new OciError("rdt-class", wrong);
    if (known !== undefined && !known.has(className(name))) {
      throw new OciError("rdt-class", `no RDT class ${JSON.stringify(name)} in ${configFile}`);
    }
    if (resctrlDir !== null) {
      const group = isRootClass(name) ? resctrlDir : join(resctrlDir, name);
      if (!existsSync(join(group, "tasks"))) {
        throw new OciError("rdt-class", `RDT class ${JSON.stringify(name)} has no resctrl group ${group}`);
      }
    }
    return { closID: closIdOf(name) };
  };
}

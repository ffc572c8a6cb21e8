// Programs by absolute name.
import { accessSync, constants, statSync } from "node:fs";
import { basename, delimiter, isAbsolute, join } from "node:path";

/** Where programs of the system are, as a value of PATH. The real one is whoever's who calls. */
export const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"].join(
  delimiter,
);

/** Absolute name of an executable file of that name in PATH, or of that path. */
export function findProgram(name: string, path: string): string | undefined {
  const candidates = basename(name) === name ? path.split(delimiter).map((folder) => join(folder, name)) : [name];
  return candidates.find((file) => isAbsolute(file) && isExecutable(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

// Folders and their parents. mkdir of Node.js with `recursive` never ends where the system says ENOENT of a parent that is
// there, as it does below /proc.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { systemCode } from "./errors.js";

/** Makes a folder, and those above it that are missing, with this mode. Throws what the file system says. */
export function makeFolder(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    const code = systemCode(error);
    // Something is there; what it is finds out who uses it.
    if (code === "EEXIST" || code === "EISDIR") return;
    const parent = dirname(path);
    if (code !== "ENOENT" || parent === path) throw error;
    makeFolder(parent, mode);
    makeOne(path, mode);
  }
}

function makeOne(path: string, mode: number): void {
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw error; // made by somebody else meanwhile
  }
}

// Writes a project, all of it or nothing.
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UsageError } from "./host.js";

/** Throws UsageError when `folder` is there and has something in it, or is none. A repository without files counts as empty. */
export function checkFolder(folder: string, given: string): void {
  let found: readonly string[];
  try {
    found = readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return;
    throw new UsageError(code === "ENOTDIR" ? `${given}: is no folder` : `${given}: ${String(error)}`);
  }
  const inside = found.filter((name) => name !== ".git");
  if (inside.length > 0)
    throw new UsageError(`${given}: is not empty (${inside.slice(0, 3).join(", ")}); give a new folder`);
}

/** Writes `files` below `folder`. What it had written when something fails is removed again; then it throws. */
export function writeProject(folder: string, files: ReadonlyMap<string, string>): void {
  const undo: (() => void)[] = [];
  const makeFolder = (path: string): void => {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    const made: string[] = [];
    for (let each = path; each.length >= first.length; each = dirname(each)) made.push(each);
    undo.unshift(...made.map((each) => () => rmdirSync(each)));
  };
  try {
    makeFolder(folder);
    for (const [path, text] of files) {
      const file = join(folder, path);
      makeFolder(dirname(file));
      // Never over a file that has come in between.
      writeFileSync(file, text, { flag: "wx" });
      undo.unshift(() => rmSync(file));
    }
  } catch (error) {
    for (const step of undo) step();
    throw error;
  }
}

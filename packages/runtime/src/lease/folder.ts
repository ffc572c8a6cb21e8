// The folder in which wrappers meet the daemon: nobody but its owner gets in.
import { chmod, lstat } from "node:fs/promises";
import { makeFolder } from "@nri/adaptation";

/** Makes the folder with mode 0700, or takes it when it is ours, and closes it to others. Throws when it is not. */
export async function privateFolder(path: string): Promise<void> {
  makeFolder(path, 0o700);
  const found = await lstat(path);
  if (!found.isDirectory()) throw new Error(`"${path}" is no folder; it was left alone`);
  const uid = process.getuid?.() ?? 0;
  if (found.uid !== uid) throw new Error(`folder "${path}" belongs to user ${found.uid}, not to ${uid}`);
  if ((found.mode & 0o777) !== 0o700) await chmod(path, 0o700);
}

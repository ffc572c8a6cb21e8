// The file that is written: as a whole or not at all, whatever was there before.
import { chmod, copyFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolder } from "@nri/adaptation";
import { fileProblem } from "../files.js";
import { UsageError } from "../host.js";

const MODE = 0o755;

/** Puts a text, or the file `from`, at `output`, executable; its folder is made. A program that runs from there goes on with what it has. Throws UsageError. */
export async function putFile(output: string, content: { readonly text: string } | { readonly from: string }) {
  const fresh = join(dirname(output), `.${basename(output)}.${process.pid}`);
  try {
    makeFolder(dirname(output), 0o755);
    if ("text" in content) await writeFile(fresh, content.text);
    // Copied, not written: a file written in one piece gets large pages of cache, of which a running program then counts
    // whole ones as its memory (79 in place of 49 MB).
    else await copyFile(content.from, fresh);
    await chmod(fresh, MODE);
    await rename(fresh, output);
  } catch (error) {
    throw new UsageError(`-o ${output}: ${fileProblem(error)}`, { cause: error });
  } finally {
    await rm(fresh, { force: true }).catch(() => undefined); // there may be no such folder
  }
}

// A script and Node.js as one program: what Node.js calls a single executable application.
import { chmod, copyFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Scratch } from "../scratch.js";
import { type NodeProgram, runTool, toolProblem } from "./node-program.js";

/** Where Node.js looks for the script, and the mark in its file that says whether there is one (its documentation names both). */
const RESOURCE = "NODE_SEA_BLOB";
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes the program in the scratch folder and returns its path; `name` is what stack traces call its script. Throws when a
 * tool fails, with what that said.
 */
export async function makeExecutable(
  script: string,
  { name, node }: { readonly name: string; readonly node: NodeProgram },
  scratch: Scratch,
  signal: AbortSignal,
): Promise<string> {
  const cwd = await scratch.folder();
  const [main, output, config, program] = [`${name}.js`, "blob", "config.json", "program"];
  await writeFile(join(cwd, main), script);
  // The code cache saves compiling at the start. It is for this very V8, which therefore makes it.
  const settings = { main, output, disableExperimentalSEAWarning: true, useCodeCache: true };
  await writeFile(join(cwd, config), JSON.stringify(settings));
  await copyFile(node.file, join(cwd, program));
  await chmod(join(cwd, program), 0o755);
  // The command in place of the library: it takes seconds and is not to be waited for when the user has had enough.
  const postject = createRequire(import.meta.url).resolve("postject/dist/cli.js");
  try {
    await runTool(node.file, ["--experimental-sea-config", config], { cwd, signal });
    await runTool(process.execPath, [postject, program, RESOURCE, output, "--sentinel-fuse", FUSE], { cwd, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`no executable could be made with ${node.file}: ${toolProblem(error)}`, { cause: error });
  }
  return join(cwd, program);
}

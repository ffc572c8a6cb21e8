// Programs of Docker and podman, fetched once per Debian suite into conformance/.cache.
import { join } from "node:path";
import { cacheDir, peersDir } from "../paths.js";
import { type Availability, available, program, root } from "../requirements.js";
import { output } from "./child.js";

/** A fetched engine. */
export interface EngineFiles {
  /** With the programs in `bin`. */
  readonly dir: string;
  /** As the program tells it, such as "28.5.2". */
  readonly version: string;
}

/**
 * Fetches the engines of a Debian suite when they are not there yet, and looks whether `name` is of the release line. Missing
 * without root, without apt, or on a failed download.
 */
export async function engineFiles(name: string, line: string, suite: string): Promise<Availability<EngineFiles>> {
  if ("missing" in root) return root;
  const apt = program("apt-get");
  if ("missing" in apt) return apt;
  return await available(`${name} ${line}`, async () => {
    const dir = join(cacheDir, `${suite}-engines`);
    await output("sh", [join(peersDir, "fetch-peers.sh"), dir, suite], {
      env: { ...process.env, PEERS_SETS: "core docker podman" },
    });
    const text = (await output(join(dir, "bin", name), ["--version"])).trim();
    const version = /\bversion (\d+(\.\d+)*)/.exec(text)?.[1] ?? text;
    if (!`${version}.`.startsWith(`${line}.`)) throw new Error(`the suite has ${text} now`);
    return { dir, version };
  });
}

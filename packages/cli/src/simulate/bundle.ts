// A plugin in TypeScript to one file that Node.js can run: Node 20 strips no types.
import { basename, extname, join } from "node:path";
import { runBundler } from "../bundle/bundler.js";
import type { Scratch } from "../scratch.js";

/** Bundles `path` with everything it imports into the scratch folder, source map inside. Throws UsageError as FILE:LINE: text. */
export async function bundle(path: string, shown: string, scratch: Scratch): Promise<string> {
  const folder = await scratch.folder();
  const outfile = join(folder, `${basename(path, extname(path))}.mjs`);
  await runBundler(
    {
      entryPoints: [path],
      outfile,
      sourcemap: "inline",
      // Packages in CommonJS that are bundled into a module look for `require`.
      banner: {
        js: 'import { createRequire as __nriRequire } from "node:module"; const require = __nriRequire(import.meta.url);',
      },
    },
    shown,
  );
  return outfile;
}

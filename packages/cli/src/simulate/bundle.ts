// A plugin in TypeScript to one file that Node.js can run: Node 20 strips no types.
import { basename, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildFailure, build, type Plugin } from "esbuild";
import { errorText } from "../error-text.js";
import { InputError, UsageError } from "../host.js";
import type { Scratch } from "../scratch.js";

/** Bundles `path` with everything it imports into the scratch folder, source map inside. Throws UsageError as FILE:LINE: text. */
export async function bundle(path: string, shown: string, scratch: Scratch): Promise<string> {
  const folder = await scratch.folder();
  const outfile = join(folder, `${basename(path, extname(path))}.mjs`);
  try {
    await build({
      entryPoints: [path],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      logLevel: "silent",
      plugins: [ourPackages],
      // Packages in CommonJS that are bundled into a module look for `require`.
      banner: {
        js: 'import { createRequire as __nriRequire } from "node:module"; const require = __nriRequire(import.meta.url);',
      },
    });
  } catch (error) {
    const first = isBuildFailure(error) ? error.errors[0] : undefined;
    const where = first?.location ? `${first.location.file}:${first.location.line}: ` : `plugin ${shown}: `;
    const text = first?.text ?? errorText(error);
    const message = `${where}${text.replace(/\s+/g, " ")}`;
    throw first?.location ? new InputError(message, { cause: error }) : new UsageError(message, { cause: error });
  }
  return outfile;
}

/** `@nri/*` from where the plugin lies, else from beside this program. */
const ourPackages: Plugin = {
  name: "our-packages",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@nri\// }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === "second look") return undefined;
      const found = await resolve(path, { kind, resolveDir, pluginData: "second look" });
      if (found.errors.length === 0) return found;
      return { path: fileURLToPath(import.meta.resolve(path)) };
    });
  },
};

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}

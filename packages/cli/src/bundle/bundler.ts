// esbuild as plugins need it: `@nri/*` is always found, and what is wrong is told as FILE:LINE: text.
import { fileURLToPath } from "node:url";
import { type BuildFailure, type BuildOptions, type BuildResult, build, type Message, type Plugin } from "esbuild";
import { errorText } from "../error-text.js";
import { InputError, UsageError } from "../host.js";

/** What holds for every bundle. */
const COMMON = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  logLevel: "silent",
} as const satisfies BuildOptions;

/** Runs esbuild for the plugin that the user calls `shown`. Throws InputError (FILE:LINE: text) or UsageError. */
export async function runBundler(options: BuildOptions, shown: string): Promise<BuildResult> {
  const plugins = [...(options.plugins ?? []), ourPackages];
  try {
    return await build({ ...COMMON, ...options, plugins });
  } catch (error) {
    const first = isBuildFailure(error) ? error.errors[0] : undefined;
    if (first?.location) throw new InputError(messageText(first), { cause: error });
    throw new UsageError(`plugin ${shown}: ${oneLine(first?.text ?? errorText(error))}`, { cause: error });
  }
}

/** What esbuild says, on one line behind the place. */
export function messageText({ location, text }: Message): string {
  const where = location === null ? "" : `${location.file}:${location.line}: `;
  return `${where}${oneLine(text)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
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

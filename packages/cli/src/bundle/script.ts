// A plugin and everything it imports as one script without imports. It runs as what Node.js can be given in any form: a
// module, a file without an extension, the main script of a single executable, which can be no module on Node 20 to 24.
import { isBuiltin } from "node:module";
import { resolve } from "node:path";
import type { Plugin } from "esbuild";
import { messageText, runBundler } from "./bundler.js";

/** One script. */
export interface PluginScript {
  readonly text: string;
  /** What esbuild warns of, as FILE:LINE: text. */
  readonly warnings: readonly string[];
}

/** Characters after which a line ends where it can: what Node shows of the place of an error stays readable. */
const LINE_CHARACTERS = 160;

/**
 * Bundles the plugin at `path`, called `shown` by the user. `file` is the expression for the path of the file that the script
 * ends up in, for code that asks with `import.meta` or `__filename`. Throws InputError (FILE:LINE: text) or UsageError.
 */
export async function pluginScript(path: string, shown: string, file: string): Promise<PluginScript> {
  const { outputFiles, warnings } = await runBundler(
    {
      // By way of another module, so that what the plugin's file exports is not exported by the script.
      stdin: { contents: `import ${JSON.stringify(ENTRY)};`, resolveDir: "/", sourcefile: "entry.js" },
      plugins: [entryIs(resolve(path)), builtinsWithoutImport],
      define: {
        "import.meta.url": "nriOwn.url",
        "import.meta.filename": "nriOwn.filename",
        "import.meta.dirname": "nriOwn.dirname",
        __filename: "nriOwn.filename",
        __dirname: "nriOwn.dirname",
      },
      minifyWhitespace: true,
      minifySyntax: true,
      lineLimit: LINE_CHARACTERS,
      write: false,
    },
    shown,
  );
  return { text: wrapped(outputFiles?.[0]?.text ?? "", file), warnings: warnings.map(messageText) };
}

const ENTRY = "nri-plugin-entry";

/** The plugin's file is kept even when its package says that importing it does nothing. */
function entryIs(path: string): Plugin {
  return {
    name: "entry",
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`^${ENTRY}$`) }, () => ({ path, sideEffects: true }));
    },
  };
}

/** Modules of Node.js are asked for by a function that exists everywhere, and when the script gets there. */
const builtinsWithoutImport: Plugin = {
  name: "builtins-without-import",
  setup({ onResolve, onLoad }) {
    const namespace = "builtin";
    onResolve({ filter: /^[a-z_]/ }, ({ path }) => {
      if (!path.startsWith("node:") && !isBuiltin(path)) return undefined;
      return { path: path.startsWith("node:") ? path : `node:${path}`, namespace, sideEffects: false };
    });
    onLoad({ filter: /./, namespace }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

/** `await` at the top of a module becomes one in a function. What is thrown there ends the program as it ends a module. */
function wrapped(code: string, file: string): string {
  return `(async () => {
"use strict";
const nriOwn = {
  get filename() { return ${file}; },
  get dirname() { return process.getBuiltinModule("node:path").dirname(this.filename); },
  get url() { return process.getBuiltinModule("node:url").pathToFileURL(this.filename).href; },
};
const require = (id) => process.getBuiltinModule("node:module").createRequire(nriOwn.filename)(id);
${code}
})();
`;
}

// Compiles the plugin in AssemblyScript to plugins/dist/wasm/wasm.wasm, when its source is newer: the compiler takes seconds.
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "plugins/wasm/assembly");
const target = join(root, "plugins/dist/wasm/wasm.wasm");

const built = statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const changed = [fileURLToPath(import.meta.url), ...readdirSync(source).map((name) => join(source, name))];
if (changed.every((file) => statSync(file).mtimeMs < built)) process.exit(0);

const { default: asc } = await import("assemblyscript/asc");
mkdirSync(dirname(target), { recursive: true });
const { error, stderr } = await asc.main([
  relative(root, join(source, "plugin.ts")),
  "--baseDir",
  root,
  "--outFile",
  relative(root, target),
  // A failed assertion is told to the runtime; without this the module would want a function that no runtime has.
  "--use",
  "abort=plugins/wasm/assembly/nri/broken",
]);
if (error) {
  console.error(`plugins/wasm: ${error.message}\n${stderr}`);
  process.exit(1);
}

// Runs the built unit tests on the other supported releases of Node.js, which come from npm into .cache.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const RELEASES = ["22.23.3", "24.21.0", "26.10.0"];
const root = fileURLToPath(new URL("..", import.meta.url));

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

let failed = 0;
for (const release of RELEASES) {
  const folder = join(root, ".cache/nodes", release);
  const node = join(folder, "node_modules/node/bin/node");
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    if (run("npm", ["install", "--no-save", "--no-package-lock", "--prefix", folder, `node@${release}`]) !== 0)
      process.exit(1);
  }
  console.log(`\nNode.js ${release}`);
  failed += run(node, [join(root, "scripts/test.mjs"), "unit"]) === 0 ? 0 : 1;
}
process.exit(failed === 0 ? 0 : 1);

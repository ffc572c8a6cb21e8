// docs/plugins.md: every plugin has its row, a README and a sample manifest, and every command of the page runs tests that exist.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./tree.js";

const page = readFileSync(join(ROOT, "docs/plugins.md"), "utf8");
const PLUGINS = readdirSync(join(ROOT, "plugins"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(ROOT, "plugins", entry.name, "README.md")))
  .map(({ name }) => name)
  .sort();

/** Source files of tests, under the paths of their compiled ones, which commands name a part of. */
const TESTS = ["packages", "plugins", "conformance", "house"].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts") && !/(^|\/)(node_modules|dist|\.cache)\//.test(path))
    .map((path) => (top === "packages" ? `${top}/${path.replace("/src/", "/dist/")}` : `${top}/dist/${path}`)),
);

test("every plugin has one row, a sample manifest, and a line in plugins/README.md", () => {
  const rows = [...page.matchAll(/^\| \[([^\]]+)\]\(\.\.\/plugins\/\1\/README\.md\) \|/gm)].map(([, name]) => name);
  assert.deepEqual(rows.sort(), PLUGINS);
  assert.ok(PLUGINS.length >= 14, `${PLUGINS.length} plugins`);
  const index = readFileSync(join(ROOT, "plugins/README.md"), "utf8");
  for (const name of PLUGINS) {
    assert.ok(existsSync(join(ROOT, "plugins", name, "pod.yaml")), `plugins/${name}/pod.yaml`);
    assert.ok(index.includes(`[${name}](${name}/README.md)`), `${name} in plugins/README.md`);
  }
});

test("every command of the page runs a test that exists", () => {
  const commands = [...page.matchAll(/`(unit|peers) ([^` ]+)`/g)];
  assert.ok(commands.length > 30);
  for (const [command, kind, part = ""] of commands) {
    const found = TESTS.filter((path) => path.replace(/\.ts$/, ".js").includes(part));
    assert.ok(
      found.some((path) => path.endsWith(".peer.test.ts") === (kind === "peers")),
      command,
    );
  }
});

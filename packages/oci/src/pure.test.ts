// The main entry must run where there is no Node.js.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));

function reachable(file: string, seen: Map<string, readonly string[]>): void {
  if (seen.has(file)) return;
  const modules = [...readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    ([, name = ""]) => name,
  );
  seen.set(file, modules);
  for (const name of modules) if (name.startsWith(".")) reachable(join(dirname(file), name), seen);
}

function imported(entry: string): readonly string[] {
  const seen = new Map<string, readonly string[]>();
  reachable(join(HERE, entry), seen);
  assert.ok(seen.size > 5);
  return [...new Set([...seen.values()].flat().filter((name) => !name.startsWith(".")))].sort();
}

test("the main entry imports the protocol and nothing else", () => {
  assert.deepEqual(imported("index.js"), ["@nri/protocol"]);
});

test("only the edges of the entry for Node.js import Node.js", () => {
  const names = imported("node/index.js");
  assert.ok(names.includes("node:fs"));
  assert.deepEqual(
    names.filter((name) => !name.startsWith("node:")),
    ["@nri/protocol", "yaml"],
  );
  for (const entry of ["cdi/registry.js", "classes/blockio.js", "classes/rdt.js"]) {
    assert.deepEqual(
      imported(entry).filter((name) => name.startsWith("node:") || builtinModules.includes(name)),
      [],
    );
  }
});

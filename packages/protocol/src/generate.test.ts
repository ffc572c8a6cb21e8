// The generated code is what the generator makes of the .proto files now. Works offline: buf compiles locally.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const packageDir = fileURLToPath(new URL("..", import.meta.url));

test("src/gen is what the generator writes", (t) => {
  const fresh = mkdtempSync(join(tmpdir(), "nri-gen-"));
  t.after(() => rmSync(fresh, { recursive: true, force: true }));
  execFileSync(process.execPath, [join(packageDir, "scripts/generate.mjs"), fresh]);
  const committed = join(packageDir, "src/gen");
  assert.deepEqual(readdirSync(committed).sort(), readdirSync(fresh).sort());
  for (const file of readdirSync(fresh)) {
    const same = readFileSync(join(committed, file), "utf8") === readFileSync(join(fresh, file), "utf8");
    assert.ok(same, `${file} differs; run: npm run generate -w @nri/protocol`);
  }
});

// The examples of the pages for plugin authors compile as they stand there.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";

const PAGES: Readonly<Record<string, number>> = {
  "write-a-plugin": 1,
  "plugin-configuration": 2,
  "reconnect-and-health": 3,
  "nri-0.1.0": 2,
};

test("every example for plugin authors compiles", { timeout: 60_000 }, async (context) => {
  const dir = await mkdtemp(join(tmpdir(), "nri-docs-"));
  context.after(() => rm(dir, { recursive: true, force: true }));
  await symlink(join(repositoryDir, "node_modules"), join(dir, "node_modules"));
  await writeFile(join(dir, "package.json"), '{"type":"module"}');
  await mkdir(join(dir, "src"));
  for (const [page, least] of Object.entries(PAGES)) {
    const text = await readFile(join(repositoryDir, "docs", `${page}.md`), "utf8");
    const examples = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1] ?? "");
    assert.ok(examples.length >= least, `${page} has its examples`);
    for (const [index, example] of examples.entries())
      await writeFile(join(dir, "src", `${page}-${index}.ts`), example);
  }
  const options = {
    noEmit: true,
    strict: true,
    module: "nodenext",
    target: "es2022",
    skipLibCheck: true,
    types: ["node"],
    exactOptionalPropertyTypes: true,
  };
  await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["src"] }));
  await output(join(dir, "node_modules/.bin/tsc"), ["-p", dir]);
});

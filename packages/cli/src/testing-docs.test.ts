// docs/testing.md is true: its commands run in an empty folder, in order, and print what the page says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, TOP } from "./lab.fixture.js";

interface Block {
  readonly language: string;
  /** What stands behind the language: the name of the file that the text is. */
  readonly file: string;
  readonly text: string;
}

function blocks(page: string): Block[] {
  const text = readFileSync(join(TOP, page), "utf8");
  return [...text.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, language = "", file = "", block = ""]) => ({
    language,
    file,
    text: block,
  }));
}

/** Process ids are others each time. */
const withoutPids = (text: string) => text.replace(/"pid":\d+/g, '"pid":0').trimEnd();

test("the commands of docs/testing.md print what the page says", () => {
  using folder = new Folder();
  symlinkSync(join(TOP, "node_modules"), join(folder.path, "node_modules"));
  const PATH = `${join(TOP, "node_modules/.bin")}:${process.env.PATH ?? ""}`;
  const all = blocks("docs/testing.md");
  assert.ok(all.filter(({ language }) => language === "sh").length >= 5);
  for (const [index, { language, text }] of all.entries()) {
    if (language !== "sh") continue;
    const expected = all[index + 1];
    assert.equal(expected?.language, "json", text);
    const script = ["-c", `set -eu\n${text}`];
    const ran = spawnSync("bash", script, { cwd: folder.path, env: { ...process.env, PATH }, encoding: "utf8" });
    assert.equal(ran.status, 0, `${text}${ran.stderr}`);
    assert.equal(withoutPids(ran.stdout), withoutPids(expected?.text ?? ""), text);
  }
});

test("the program of docs/testing.md runs", async () => {
  using folder = new Folder();
  symlinkSync(join(TOP, "node_modules"), join(folder.path, "node_modules"));
  const [program] = blocks("docs/testing.md").filter(({ language }) => language === "js");
  assert.ok(program !== undefined);
  // `await using` is younger than the oldest Node that we support: esbuild writes it in older words
  const { transform } = await import("esbuild");
  const { code } = await transform(program.text, { format: "esm", target: "node20" });
  const file = folder.file("example.mjs", `${code}\n`);
  const ran = spawnSync(process.execPath, [file], { cwd: folder.path, encoding: "utf8", timeout: 20_000 });
  assert.equal(ran.status, 0, ran.stderr);
});

test("the unit tests of docs/testing.md compile and pass", async () => {
  using folder = new Folder();
  symlinkSync(join(TOP, "node_modules"), join(folder.path, "node_modules"));
  folder.file("package.json", '{ "type": "module" }');
  const examples = blocks("docs/testing.md").filter(({ language, file }) => language === "ts" && file !== "vitest");
  const files = examples.map(({ file, text }) => folder.file(file, text));
  assert.ok(files.length >= 4);
  const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--lib", "es2023,esnext.disposable"];
  const checks = [...options, "--types", "node", "--outDir", folder.path];
  const compiled = spawnSync(join(TOP, "node_modules/.bin/tsc"), [...checks, ...files], {
    cwd: folder.path,
    encoding: "utf8",
  });
  assert.equal(compiled.status, 0, compiled.stdout);
  const tests = files.filter((file) => file.endsWith(".test.ts")).map((file) => file.replace(/\.ts$/, ".js"));
  // A test inside of a test would report to us.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
  const ran = spawnSync(process.execPath, ["--test", "--test-reporter=tap", ...tests], {
    cwd: folder.path,
    encoding: "utf8",
    env,
    timeout: 60_000,
  });
  assert.equal(ran.status, 0, ran.stdout);
  assert.match(ran.stdout, /^# pass 5$/m);
});

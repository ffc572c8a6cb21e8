// docs/testing.md is true: its commands run in an empty folder, in order, and print what the page says.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder, TOP } from "./lab.fixture.js";

interface Block {
  readonly language: string;
  readonly text: string;
}

function blocks(page: string): Block[] {
  const text = readFileSync(join(TOP, page), "utf8");
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", block = ""]) => ({
    language,
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

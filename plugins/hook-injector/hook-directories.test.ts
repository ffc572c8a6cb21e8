// Tests of hook directories: which files count, which problems do, and watching.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { lineLogger, silentLogger } from "@nri/plugin";
import { type HookFiles, loadHooks, MAX_HOOK_FILE_BYTES, watchHooks } from "./hook-directories.js";

const hook = (path = "/bin/true", rest: object = {}) =>
  JSON.stringify({ version: "1.0.0", hook: { path }, when: { always: true }, stages: ["poststop"], ...rest });
const MISSING = hook("/nonexistent/hook");
const INVALID = hook("/bin/true", { stages: ["never"] });

/** Two directories with these files in them. */
function directories(t: TestContext, ...files: Record<string, string>[]): string[] {
  const root = mkdtempSync(join(tmpdir(), "nri-hooks-"));
  t.after(() => rmSync(root, { recursive: true }));
  return files.map((contents, index) => {
    const directory = join(root, String(index));
    mkdirSync(directory);
    for (const [name, text] of Object.entries(contents)) writeFileSync(join(directory, name), text);
    return directory;
  });
}
const programs = (hooks: HookFiles) => Object.fromEntries([...hooks].map(([name, file]) => [name, file.hook.path]));

test("files that end in .json count, those of later directories before those of earlier ones", (t) => {
  const dirs = directories(
    t,
    { "a.json": hook(), "b.json": hook(), "c.txt": "{" },
    { "b.json": hook("/bin/false"), README: "" },
  );
  assert.deepEqual(programs(loadHooks(dirs)), { "a.json": "/bin/true", "b.json": "/bin/false" });
});

test("directories that are not there, and links to nothing, have no hooks", (t) => {
  const [dir = ""] = directories(t, { "a.json": hook() });
  symlinkSync("/nonexistent/file", join(dir, "b.json"));
  assert.deepEqual(programs(loadHooks([join(dir, "none"), dir])), { "a.json": "/bin/true" });
});

test("an invalid file is refused, in the name of its directory's problems, the last one first", (t) => {
  const [dir = ""] = directories(t, { "a.json": INVALID, "b.json": MISSING, "c.json": hook() });
  assert.throws(() => loadHooks([dir]), {
    message:
      `faccessat /nonexistent/hook: no such file or directory (hook file ${dir}/b.json): ` +
      `unknown stage "never" (hook file ${dir}/a.json)`,
  });
});

test("where the first problem is a program that is not there, the valid files count, whatever else is wrong", (t) => {
  const dirs = directories(t, { "a.json": MISSING, "b.json": INVALID, "c.json": hook() }, { "d.json": hook() });
  assert.deepEqual(programs(loadHooks(dirs)), { "c.json": "/bin/true", "d.json": "/bin/true" });
});

test("what is no file, and what is too large, is refused", (t) => {
  const [dir = ""] = directories(t, {});
  mkdirSync(join(dir, "a.json"));
  assert.throws(() => loadHooks([dir]), { message: `read ${dir}/a.json: is no file` });
  const [other = ""] = directories(t, { "a.json": " ".repeat(MAX_HOOK_FILE_BYTES + 1) });
  assert.throws(() => loadHooks([other]), { message: /1048577 bytes, at most 1048576 are read/ });
});

test("watched directories are made, and every change brings all hooks; problems are logged", async (t) => {
  const [parent = ""] = directories(t, {});
  const dirs = [join(parent, "x/y"), join(parent, "z")];
  // watching alone does not keep a process
  const alive = setInterval(() => undefined, 1000);
  t.after(() => clearInterval(alive));
  const lines: string[] = [];
  let told: (hooks: HookFiles) => void = () => undefined;
  const next = (fits: (names: string[]) => boolean) =>
    new Promise<void>((resolve) => {
      told = (hooks) => {
        if (fits([...hooks.keys()])) resolve();
      };
    });
  const atStart = next((names) => names.length === 0);
  const log = lineLogger((line) => lines.push(line));
  t.after(watchHooks(dirs, log, (hooks) => told(hooks)));
  await atStart;
  const first = next((names) => names.join() === "a.json");
  writeFileSync(join(dirs[0] ?? "", "a.json"), hook());
  await first;
  const second = next((names) => names.join() === "a.json,c.json");
  writeFileSync(join(dirs[1] ?? "", "b.json"), INVALID);
  writeFileSync(join(dirs[1] ?? "", "c.json"), hook());
  await second;
  const third = next((names) => names.join() === "c.json");
  unlinkSync(join(dirs[0] ?? "", "a.json"));
  await third;
  assert.equal(lines[0], `INFO  watching directories "${dirs.join(" ")}" for new changes`);
  const problem = `ERROR Failed loading hooks of ${dirs[1]}: unknown stage "never" (hook file ${dirs[1]}/b.json)`;
  assert.ok(lines.includes(problem), lines.join("\n"));
});

test("a directory that cannot be made is an error", (t) => {
  const [dir = ""] = directories(t, { file: "" });
  assert.throws(() => watchHooks([join(dir, "file/hooks.d")], silentLogger, () => undefined), {
    message: new RegExp(`^failed to create directory "${dir}/file/hooks.d": `),
  });
});

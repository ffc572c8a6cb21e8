// nri build: bundles that run anywhere, and what is refused. Executables, of 100 MB each, are built by the tests in conformance/one-file.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Folder, manifest, nri, TOP } from "../lab.fixture.js";

const GREETING = `
import { adjustment, definePlugin } from "@nri/plugin";
export const greeting: string = "hello";
const { sep } = await import("node:path");
await definePlugin({
  createContainer: ({ plugin }) => ({
    adjust: adjustment().env("GREETING", greeting + sep + plugin.name).env("FILE", import.meta.filename),
  }),
}).run();
`;

/** Runs `nri build` there. */
const build = (folder: Folder, ...args: string[]) => nri(["build", ...args], { cwd: folder.path });

async function variables(folder: Folder, plugin: string): Promise<unknown> {
  const pod = folder.file("pod.yaml", manifest("a"));
  const { code, stdout, stderr } = await nri(["simulate", pod, "--plugin", join(folder.path, plugin), "-o", "json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout).pods[0].containers[0].adjustment.env;
}

describe("nri build --bundle", { concurrency: 2 }, () => {
  test("is one executable script that names Node absolutely, in a folder that is made, and runs as a module and without an extension", async () => {
    using folder = new Folder();
    folder.file("plugin.ts", GREETING);
    folder.file("package.json", '{"type": "module"}');
    for (const name of ["42-greet.mjs", "new/folder/42-greet"]) {
      const { code, stdout, stderr } = await build(folder, "--bundle", "plugin.ts", "-o", name);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /42-greet(\.mjs)?: plugin 42-greet, \d+ KiB, runs with \//);
      const file = join(folder.path, name);
      assert.equal(statSync(file).mode & 0o777, 0o755);
      assert.equal(readFileSync(file, "utf8").split("\n")[0], `#!${process.execPath}`);
      assert.deepEqual(await variables(folder, name), [
        { key: "GREETING", value: "hello/greet" },
        { key: "FILE", value: file },
      ]);
    }
  });

  test("is named by the plugin's file when that is NN-name, and by -o in any folder", async () => {
    using folder = new Folder();
    folder.file("17-named.ts", GREETING);
    const { stdout } = await build(folder, "--bundle", "--json", "17-named.ts");
    const { bytes, ...told } = JSON.parse(stdout);
    const node = { file: process.execPath };
    const file = join(folder.path, "17-named.mjs");
    assert.deepEqual(told, { file, kind: "bundle", index: "17", name: "named", node });
    assert.equal(bytes, statSync(file).size);
  });

  test("takes the place of what was there in one step: who has that open keeps it", async () => {
    using folder = new Folder();
    folder.file("10-a.ts", GREETING);
    const before = openSync(folder.file("10-a.mjs", "before", 0o600), "r");
    assert.equal((await build(folder, "--bundle", "10-a.ts")).code, 0);
    assert.equal(readFileSync(before, "utf8"), "before");
    closeSync(before);
    assert.deepEqual(readdirSync(folder.path).sort(), ["10-a.mjs", "10-a.ts"]);
    assert.equal(statSync(join(folder.path, "10-a.mjs")).mode & 0o777, 0o755);
  });

  test("is written for the Node of another machine too", async () => {
    using folder = new Folder();
    folder.file("17-named.ts", GREETING);
    assert.equal((await build(folder, "--bundle", "--node", "/opt/node/bin/node", "17-named.ts")).code, 0);
    assert.match(readFileSync(join(folder.path, "17-named.mjs"), "utf8"), /^#!\/opt\/node\/bin\/node\n/);
  });

  test("does not hold the protobuf library, and loads no module of Node that the plugin does not use", async () => {
    using folder = new Folder();
    folder.file("17-named.ts", GREETING);
    assert.equal((await build(folder, "--bundle", "17-named.ts")).code, 0);
    const text = readFileSync(join(folder.path, "17-named.mjs"), "utf8");
    assert.doesNotMatch(text, /bufbuild|fileDesc|^import|^export/m);
  });

  test("takes packages in CommonJS, which ask for modules of Node by require", async () => {
    using folder = new Folder();
    folder.file(
      "old.cjs",
      'const { sep } = require("path");\nmodule.exports = { sep, late: () => require("node:os") };\n',
    );
    folder.file("10-a.mjs", 'import old from "./old.cjs";\nconsole.log(old.sep, typeof old.late().cpus);\n');
    assert.equal((await build(folder, "--bundle", "10-a.mjs", "-o", "11-b.mjs")).code, 0);
    assert.equal(execFileSync(join(folder.path, "11-b.mjs"), { encoding: "utf8" }), "/ function\n");
  });

  test("an error in the plugin is FILE:LINE: text, exit code 2, and leaves what was there", async () => {
    using folder = new Folder();
    folder.file("plugin.ts", "const a = 1;\nlet b = ;\n");
    folder.file("10-x.mjs", "before");
    const { code, stdout, stderr } = await build(folder, "--bundle", "plugin.ts", "-o", "10-x.mjs");
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^\S*plugin\.ts:2: Unexpected ";"\n$/);
    assert.equal(readFileSync(join(folder.path, "10-x.mjs"), "utf8"), "before");
    assert.deepEqual(readdirSync(folder.path).sort(), ["10-x.mjs", "plugin.ts"]);
  });

  test("a missing package is told with the line that imports it", async () => {
    using folder = new Folder();
    folder.file("10-x.ts", '\nimport "no-such-package";\n');
    const { code, stderr } = await build(folder, "--bundle", "10-x.ts");
    assert.equal(code, 2);
    assert.match(stderr, /10-x\.ts:2: Could not resolve "no-such-package"\n$/);
  });

  test("what is only doubtful is a warning with its line", async () => {
    using folder = new Folder();
    folder.file("other.ts", "export const there = 1;\n");
    folder.file("10-x.ts", 'import * as other from "./other.ts";\nconsole.log(other.gone);\n');
    const { code, stderr } = await build(folder, "--bundle", "10-x.ts");
    assert.equal(code, 0);
    assert.match(stderr, /10-x\.ts:2: Import "gone" will always be undefined/);
  });
});

test("docs/cli.md has the options of nri build --help", async () => {
  const { stdout } = await nri(["build", "--help"]);
  const page = readFileSync(join(TOP, "docs/cli.md"), "utf8");
  const section = /^## nri build .*?^## /ms.exec(page)?.[0] ?? "";
  const options = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, option]) => option);
  const ofHelp = options(stdout, /^ {2}(?:-o, )?(--[a-z]+)/gm).filter((option) => option !== "--help");
  assert.deepEqual(options(section, /^\| `(?:-o, )?(--[a-z]+)/gm), ofHelp);
});

const WRONG: [args: string[], text: string | RegExp][] = [
  [[], "nri: no PLUGIN given; see nri build --help"],
  [["10-a.ts", "11-b.ts"], 'nri: unexpected "11-b.ts": one plugin at a time; see nri build --help'],
  [["10-a.ts", "--bundel"], 'nri: unknown option "--bundel", did you mean --bundle?; see nri build --help'],
  [["10-a.go"], "nri: plugin 10-a.go: not a .js, .mjs, .cjs, .ts, .mts file"],
  [["10-gone.ts"], "nri: plugin 10-gone.ts: no such file"],
  [["folder.ts", "-o", "10-x"], "nri: plugin folder.ts: is a folder"],
  [["a.ts"], 'nri: invalid plugin name "a", idx-pluginname expected; say what it shall be called: -o NN-name'],
  [["10-a.ts", "-o", "x"], 'nri: -o "x": invalid plugin name "x", idx-pluginname expected'],
  [["10-a.ts", "-o", "1-x"], 'nri: -o "1-x": invalid plugin index "1", must be 2 digits'],
  [["10-a.ts", "-o", "10-a b"], 'nri: -o "10-a b": invalid plugin name "a b": contains invalid character \' \''],
  [["10-a.ts", "-o", "11-b.ts/10-x"], /^nri: -o \S*11-b\.ts\/10-x: a part of the path is no folder$/],
  [["10-a.ts", "--bundle", "-o", "11-b.ts/a/10-x"], /^nri: -o \S*11-b\.ts\/a\/10-x: a part of the path is no folder$/],
  [["10-a.ts", "--bundle", "-o", "10-folder"], /^nri: -o \S*10-folder: is a folder$/],
  [["10-c.mjs", "--bundle"], /^nri: -o \S*10-c\.mjs: is the plugin itself$/],
  [["10-a.ts", "--node", "/nowhere/node"], "nri: --node /nowhere/node: no such file"],
  [["10-a.ts", "--node", "/bin/sh"], "nri: --node /bin/sh: is not Node.js, or does not run here"],
  [["10-a.ts", "--bundle", "--node", "node"], "nri: --node node: a script must name Node by its absolute path"],
  [
    ["10-a.ts", "--bundle", "--node", "/a b/node"],
    "nri: --node /a b/node: a script cannot name this Node, its path has blanks or is too long",
  ],
];
for (const [args, text] of WRONG) {
  test(`wrong use is one line and exit code 2: nri build ${args.join(" ")}`, async () => {
    using folder = new Folder();
    for (const name of ["10-a.ts", "11-b.ts", "10-a.go", "a.ts", "10-c.mjs"]) folder.file(name, "");
    for (const name of ["folder.ts", "10-folder"]) mkdirSync(join(folder.path, name));
    const { code, stdout, stderr } = await build(folder, ...args);
    assert.deepEqual([code, stdout], [2, ""]);
    if (typeof text === "string") assert.equal(stderr, `${text}\n`);
    else assert.match(stderr.trimEnd(), text);
  });
}

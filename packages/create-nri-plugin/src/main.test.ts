// create-nri-plugin from arguments, or answers, to a project.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { main } from "./main.js";
import { version } from "./packages.js";
import { projectFiles, TEMPLATES, type TemplateName } from "./templates.js";
import { writeProject } from "./write.js";

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "nri-create-"));

  /** Runs the command here. */
  async run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
    const [out, err]: [string[], string[]] = [[], []];
    const host = {
      cwd: this.path,
      print: (text: string) => void out.push(text),
      complain: (text: string) => void err.push(text),
      terminal: undefined,
    };
    return { code: await main(args, host), out: out.join(""), err: err.join("") };
  }

  /** Everything below, as paths. */
  files(): string[] {
    const all = readdirSync(this.path, { recursive: true, withFileTypes: true });
    return all
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name).slice(this.path.length + 1))
      .sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const FILES = [
  ".dockerignore",
  ".gitignore",
  "Dockerfile",
  "README.md",
  "deploy/daemonset.yaml",
  "deploy/pinner.service",
  "package.json",
  "sample/pod.yaml",
  "src/main.ts",
  "src/plugin.test.ts",
  "src/plugin.ts",
  "tsconfig.json",
];
const NAMES = Object.keys(TEMPLATES) as TemplateName[];

for (const template of NAMES) {
  test(`the template ${template} makes a project in which every word is filled in`, async () => {
    using folder = new Folder();
    const { code, out, err } = await folder.run("pinner", "--template", template, "--index", "42");
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^Made pinner: plugin pinner, which .*\n\n {2}cd pinner\n {2}npm install\n/);
    assert.deepEqual(folder.files(), FILES.map((file) => `pinner/${file}`).sort());
    for (const file of folder.files()) {
      const text = readFileSync(join(folder.path, file), "utf8");
      assert.doesNotMatch(text, /\{\{\w/, file);
      assert.ok(text.endsWith("\n"), file);
    }
    const plugin = readFileSync(join(folder.path, "pinner/src/plugin.ts"), "utf8");
    assert.match(plugin, /index: "42",\n {2}name: "pinner",/);
    assert.match(
      readFileSync(join(folder.path, "pinner/README.md"), "utf8"),
      new RegExp(`: ${TEMPLATES[template].slice(0, 20)}`),
    );
  });
}

test("each of our packages has this version, and each other one that of this repository", async () => {
  using folder = new Folder();
  await folder.run("pinner", "--yes");
  const read = (file: string) => JSON.parse(readFileSync(file, "utf8")) as { [kind: string]: Record<string, string> };
  const made = read(join(folder.path, "pinner/package.json"));
  const root = read(fileURLToPath(new URL("../../../package.json", import.meta.url)));
  assert.deepEqual(made.dependencies, { "@nri/plugin": version() });
  for (const [name, wanted] of Object.entries(made.devDependencies ?? {}))
    assert.equal(wanted, name.startsWith("@nri/") ? version() : root.devDependencies?.[name], name);
  assert.equal(made.overrides, undefined);
});

test("what our packages need of each other is all in the overrides", async () => {
  using folder = new Folder();
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    const file = new URL(`../../${name.replace("@nri/", "")}/package.json`, import.meta.url);
    const { dependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as { dependencies?: Record<string, string> };
    for (const other of Object.keys(dependencies)) if (other.startsWith("@nri/")) need(other);
  };
  for (const name of ["@nri/plugin", "@nri/cli", "@nri/testing"]) need(name);
  for (const name of needed)
    writeFileSync(join(folder.path, `${name.slice(1).replace("/", "-")}-${version()}.tgz`), "");
  assert.equal((await folder.run("made", "--yes", "--packages", ".")).code, 0);
  const made = readFileSync(join(folder.path, "made/package.json"), "utf8");
  for (const name of needed) assert.ok(made.includes(`"${name}": "file:`), name);
});

test("--packages takes tarballs, also for what our packages need", async () => {
  using folder = new Folder();
  mkdirSync(join(folder.path, "tarballs"));
  const none = await folder.run("pinner", "--yes", "--packages", "tarballs");
  assert.equal(none.code, 2);
  assert.match(
    none.err,
    /^create-nri-plugin: --packages tarballs: no nri-plugin-\S+\.tgz there \(npm pack makes it\)\n$/,
  );
  assert.equal((await folder.run("pinner", "--yes", "--packages", "nowhere")).code, 2);
  assert.deepEqual(folder.files(), []);
  for (const name of ["plugin", "cli", "testing", "adaptation", "oci", "protocol", "runtime", "ttrpc"])
    writeFileSync(join(folder.path, `tarballs/nri-${name}-${version()}.tgz`), "");
  assert.equal((await folder.run("pinner", "--yes", "--packages", "tarballs")).code, 0);
  const made = JSON.parse(readFileSync(join(folder.path, "pinner/package.json"), "utf8")) as {
    [kind: string]: Record<string, string>;
  };
  const tarball = (name: string) => `file:${join(folder.path, `tarballs/nri-${name}-${version()}.tgz`)}`;
  assert.equal(made.dependencies?.["@nri/plugin"], tarball("plugin"));
  assert.equal(made.overrides?.["@nri/ttrpc"], tarball("ttrpc"));
});

test("what is missing, and nobody can be asked for, is wrong use that says what to give", async () => {
  using folder = new Folder();
  const says = async (args: readonly string[], text: string) => {
    const { code, out, err } = await folder.run(...args);
    assert.deepEqual([code, out, err], [2, "", `create-nri-plugin: ${text}\n`]);
  };
  const list = "--template (observer, device, resources, validator, network, bare)";
  await says([], `nobody to ask at this input: give FOLDER or --name and ${list}, or --yes`);
  await says(["pinner"], `nobody to ask at this input: give ${list}, or --yes`);
  await says(["--yes"], "nobody to ask at this input: give FOLDER or --name");
  await says(
    ["pinner", "--template", "x"],
    `unknown template "x"; there are observer, device, resources, validator, network, bare`,
  );
  await says(["pinner", "other", "--yes"], 'unexpected "other": one folder at a time; see --help');
  await says(["--nonsense"], "Unknown option '--nonsense'; see --help");
  await says(["pinner", "--yes", "--index", "7"], 'invalid plugin index "7", must be 2 digits');
  await says(["--yes", "--name", "a b"], `invalid plugin name "a b": contains invalid character ' '`);
  const rule =
    "must begin with a letter and have lower-case letters, digits and - only, as names in Kubernetes and npm";
  await says(["--yes", "Pinner"], `invalid plugin name "Pinner": ${rule}; give another one with --name`);
  await says(["--yes", "--name", "x".repeat(51)], `invalid plugin name "${"x".repeat(51)}": longer than 50 characters`);
  assert.deepEqual(folder.files(), []);
});

test("folder and name go together: either is taken from the other", async () => {
  using folder = new Folder();
  await folder.run("deep/20-pinner", "--yes");
  await folder.run("--name", "other", "--yes");
  await folder.run("third", "--name", "shown", "--yes");
  const nameIn = (path: string) =>
    (JSON.parse(readFileSync(join(folder.path, path, "package.json"), "utf8")) as { name: string }).name;
  assert.deepEqual([nameIn("deep/20-pinner"), nameIn("other"), nameIn("third")], ["pinner", "other", "shown"]);
});

test("a folder with something in it is refused, and stays as it is", async () => {
  using folder = new Folder();
  writeFileSync(join(folder.path, "mine"), "");
  const { code, err } = await folder.run(".", "--name", "pinner", "--yes");
  assert.deepEqual([code, err], [2, "create-nri-plugin: .: is not empty (mine); give a new folder\n"]);
  assert.equal((await folder.run("mine", "--yes")).err, "create-nri-plugin: mine: is no folder\n");
  assert.deepEqual(folder.files(), ["mine"]);
  // A repository that has just been made is as good as empty.
  mkdirSync(join(folder.path, "fresh/.git"), { recursive: true });
  assert.equal((await folder.run("fresh", "--yes")).code, 0);
});

test("what cannot be written leaves nothing behind", async () => {
  using folder = new Folder();
  writeFileSync(join(folder.path, "file"), "");
  const { code, err } = await folder.run("file/pinner", "--yes");
  assert.notEqual(code, 0);
  assert.match(err, /^create-nri-plugin: .*file/);
  const files = new Map([
    ["a/b/one", "1"],
    ["a/two", "2"],
    ["a", "a file where a folder is"],
  ]);
  assert.throws(() => writeProject(join(folder.path, "x/y"), files), { code: "EEXIST" });
  assert.deepEqual(readdirSync(folder.path), ["file"]);
});

test("a word that nobody knows is a mistake of ours, and fails", () => {
  assert.throws(() => projectFiles("bare", { name: "a" }), {
    message: "a template asks for {{index}}, which nobody knows",
  });
});

test("--help and --version are results", async () => {
  using folder = new Folder();
  const help = await folder.run("--help");
  assert.deepEqual([help.code, help.err], [0, ""]);
  for (const name of NAMES) assert.match(help.out, new RegExp(`^ {2}${name} +\\S`, "m"));
  assert.match(help.out, /^Example:\n {2}npm create nri-plugin/m);
  assert.deepEqual(await folder.run("--version"), { code: 0, out: `${version()}\n`, err: "" });
});

/** Types `keys` into the questions, one after the other. */
async function answered(folder: Folder, args: readonly string[], keys: readonly string[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const [shown, err]: [string[], string[]] = [[], []];
  output.on("data", (chunk: Buffer) => shown.push(chunk.toString()));
  const host = {
    cwd: folder.path,
    print: () => undefined,
    complain: (text: string) => void err.push(text),
    terminal: { input, output },
  };
  const done = main(args, host);
  for (const key of keys) {
    await wait(30);
    input.write(key);
  }
  return { code: await done, shown: shown.join(""), err: err.join("") };
}

test("a person is asked for name, template and index, and bad answers are asked again", async () => {
  using folder = new Folder();
  const down = "\u001b[B";
  const keys = [
    "Pinner",
    "\r",
    ..."Pinner".split("").map(() => "\u007f"),
    "pinner",
    "\r",
    down,
    down,
    "\r",
    "\u007f\u007f",
    "35",
    "\r",
  ];
  const { code, shown, err } = await answered(folder, [], keys);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(shown, /What is the plugin called\?/);
  assert.match(shown, /must begin with a letter and have lower-case/);
  assert.match(shown, /What shall it do\?/);
  const plugin = readFileSync(join(folder.path, "pinner/src/plugin.ts"), "utf8");
  assert.match(plugin, /resources by class[\s\S]*index: "35",\n {2}name: "pinner",/);
});

test("what is given is not asked for, and Ctrl-C ends it", async () => {
  using folder = new Folder();
  const given = await answered(folder, ["pinner", "--template", "bare"], []);
  assert.deepEqual([given.code, given.shown], [0, ""]);
  const ended = await answered(folder, ["other"], ["\u0003"]);
  assert.deepEqual([ended.code, ended.err], [130, "create-nri-plugin: nothing was made\n"]);
  assert.equal(existsSync(join(folder.path, "other")), false);
});

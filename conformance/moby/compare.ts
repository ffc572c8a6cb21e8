// npm run test:moby: Docker's own code once more, against what is recorded of it in golden/moby. `--record` writes that anew.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { goldenDir } from "../paths.js";
import { Child } from "../peers/child.js";
import { dockerFiles, startDocker } from "../peers/docker.js";
import { use } from "../requirements.js";
import { ReferenceDocker } from "./ask-reference.js";
import { type Reference, reference } from "./reference.js";

const records = process.argv.includes("--record");
const folder = join(goldenDir, "moby");

/** Compares one file, or writes it. */
function told(name: string, lines: readonly unknown[]): boolean {
  const path = join(folder, name);
  if (records) {
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    console.log(`${name}: ${lines.length} recorded`);
    return true;
  }
  const before = readLines(path);
  const different = [...Array(Math.max(before.length, lines.length)).keys()].filter(
    (at) => !isDeepStrictEqual(JSON.parse(JSON.stringify(lines[at] ?? null)), before[at]),
  );
  for (const at of different) {
    console.log(`${name}:${at + 1}\n  recorded ${JSON.stringify(before[at])}\n  now      ${JSON.stringify(lines[at])}`);
  }
  console.log(`${name}: ${lines.length - different.length} the same, ${different.length} differ`);
  return different.length === 0;
}

function readLines(path: string): unknown[] {
  const text = readFileSync(path, "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line) as unknown);
}

/** The recorded flags and JSON texts, read by moby's own reader. */
async function options({ readsOptions }: Reference): Promise<unknown[]> {
  const asked = readLines(join(folder, "nri-opts.jsonl")) as { readonly flag?: string; readonly json?: string }[];
  await using child = new Child(readsOptions, []);
  for (const { flag, json } of asked) {
    child.write(`${JSON.stringify(flag === undefined ? { JSON: json } : { Flag: flag })}\n`);
  }
  child.endInput();
  await child.exited;
  return asked.map(({ flag, json }, at) => ({
    ...(flag === undefined ? { json } : { flag }),
    ...(JSON.parse(child.stdout[at] ?? "") as object),
  }));
}

/** What dockerd says of a flag and a file before it starts. */
async function starts({ files }: Reference): Promise<unknown[]> {
  const dir = mkdtempSync(join(tmpdir(), "nri-moby-"));
  const file = join(dir, "daemon.json");
  const cases: readonly (readonly [flags: readonly string[], file: string])[] = [
    [[], "{}"],
    [["enable=true"], "{}"],
    [["enable=true"], '{"nri-opts":{"enable":true}}'],
    [["enable=true,socket-path=/x"], '{"nri-opts":{}}'],
    [["enable=true", "socket-path=/x"], '{"debug":true}'],
    [["foo=bar"], "{}"],
    [["enable=x"], "{}"],
    [[], '{"nri-opts":{"foo":1}}'],
    [[], '{"nri-opts":{"enable":"x"}}'],
    [[], '{"nri-opts":[]}'],
    [[], '{"nri-opts":null}'],
    [[], '{"NRI-opts":{"enable":true}}'],
    [[], '{"nri-opts":{"enable":true}'],
  ];
  const results: unknown[] = [];
  for (const [flags, text] of cases) {
    writeFileSync(file, text);
    const words = flags.map((flag) => `--nri-opts=${flag}`);
    const child = new Child(join(files.dir, "bin/dockerd"), [
      "--validate",
      "--userland-proxy=false",
      "--config-file",
      file,
      ...words,
    ]);
    const code = await child.exited;
    const said =
      [...child.stdout, ...child.stderr].filter((line) => line.trim() !== "")[0]?.replaceAll(file, "FILE") ?? "";
    results.push({ flags, file: text, code, said });
  }
  rmSync(dir, { recursive: true });
  return results;
}

const built = await reference(use(await dockerFiles("28")));
let same = told("nri-opts.jsonl", await options(built));
same = told("starts.jsonl", await starts(built)) && same;
await using docker = await startDocker(built.files);
const engine = new ReferenceDocker(docker);
same = told("reloads.jsonl", await engine.reloads()) && same;
await engine.reload({ "nri-opts": { enable: true, "socket-path": engine.socketPath } });
same = told("creations.jsonl", await engine.creations()) && same;
const { created, synchronized } = await engine.told();
same = told("told.jsonl", [{ created }, { synchronized }]) && same;
same = told("refusals.jsonl", [await engine.refusals()]) && same;
process.exitCode = same ? 0 : 1;

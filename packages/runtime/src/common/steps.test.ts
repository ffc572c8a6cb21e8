// Every durable write and every call of somebody else is a step, and each step has one place: counted in the source.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { removeLab, startLab } from "./lab.fixture.js";
import { OPERATIONS, STEPS } from "./steps.js";

const FOLDER = fileURLToPath(new URL("../../src/common/", import.meta.url));
/** What somebody else does, or what lasts: by the name of the object and of its method. */
const OUTSIDE = /\b(domain\.(list|describe|pid|update|evict)|adaptation\.\w+|known\.(add|save|drop)|lease\.answer)\(/g;

/** Where the call ends whose parenthesis opens at `open`. */
function endOfCall(text: string, open: number): number {
  for (let at = open, depth = 0; at < text.length; at++) {
    if (text[at] === "(") depth++;
    if (text[at] === ")" && --depth === 0) return at + 1;
  }
  throw new Error("a call without an end");
}

const names: string[] = [];
const outside: string[] = [];
for (const file of readdirSync(FOLDER)) {
  if (!file.endsWith(".ts") || /\.(test|fixture)\.ts$/.test(file) || file === "steps.ts") continue;
  let text = readFileSync(join(FOLDER, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  for (let found = /\bstep\(/.exec(text); found !== null; found = /\bstep\(/.exec(text)) {
    const end = endOfCall(text, found.index + "step".length);
    names.push(/^step\(\s*"(\w+)"/.exec(text.slice(found.index, end))?.[1] ?? `${file}: a step without its name`);
    text = text.slice(0, found.index) + text.slice(end);
  }
  for (const [call] of text.matchAll(OUTSIDE)) outside.push(`${file}: ${call}`);
}

test("each step stands in one place of the source, and each place is a step of the list", () => {
  assert.deepEqual(names.sort(), Object.keys(STEPS).sort());
});

// The start and the end are no steps of an operation; a lease is watched for its answer where it comes in.
test("nothing is written, and nobody is called, outside of a step", () => {
  assert.deepEqual(outside.sort(), [
    "create-bridge.ts: adaptation.start(",
    "create-bridge.ts: adaptation.stop(",
    "handle.ts: lease.answer(",
  ]);
});

test("docs/bridge-failures.md has every step, and the steps of every operation", () => {
  const page = readFileSync(new URL("../../../../docs/bridge-failures.md", import.meta.url), "utf8");
  const section = page.split("\n## Steps\n")[1]?.split("\n## ")[0] ?? "";
  const rows = Array.from(section.matchAll(/^\| `(\w+)` \| (.+) \|$/gm), ([, name, text]) => [name, text]);
  assert.deepEqual(rows, Object.entries(STEPS));
  const operations = Array.from(section.matchAll(/^\| (\w+) \| (`.+`) \|$/gm), ([, name, steps = ""]) => [
    name,
    Array.from(steps.matchAll(/\w+/g), ([step]) => step),
  ]);
  assert.deepEqual(operations, Object.entries(OPERATIONS));
});

test("a container's life goes by the steps of its operations", async () => {
  const done: string[] = [];
  const lab = await startLab({ onStep: (step, when) => void (when === "after" && done.push(step)) });
  const stepsOf = async (work: () => Promise<void>): Promise<string[]> => {
    done.length = 0;
    await work();
    await lab.settled();
    return [...done];
  };
  done.length = 0;
  assert.deepEqual(await stepsOf(async () => (await lab.call("create", "c1")).done({ code: 0, pid: 1 })), [
    ...OPERATIONS.create,
  ]);
  assert.deepEqual(await stepsOf(async () => (await lab.call("start", "c1")).done({ code: 0, pid: 0 })), [
    ...OPERATIONS.start,
  ]);
  const resources = { cpu: { shares: 5 } };
  assert.deepEqual(await stepsOf(async () => (await lab.call("update", "c1", resources)).done({ code: 0, pid: 0 })), [
    ...OPERATIONS.update,
  ]);
  assert.deepEqual(await stepsOf(async () => lab.engine.exited("d", "c1")), [...OPERATIONS.exit]);
  assert.deepEqual(await stepsOf(async () => lab.engine.removed("d", "c1")), [...OPERATIONS.remove]);
  await removeLab(lab);
});

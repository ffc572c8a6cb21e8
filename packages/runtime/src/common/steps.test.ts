// Every durable write and every call of somebody else is a step, and each step has one place: counted in the source.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { STEPS } from "./steps.js";

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

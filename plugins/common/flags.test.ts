// Tests of the flags' spelling.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFlags, usage } from "./flags.js";

const FLAGS = { idx: { value: "string", help: "the index" }, verbose: { help: "more" } } as const;
const values = (...args: string[]) => {
  const parsed = parseFlags(FLAGS, args);
  return parsed.kind === "values" ? parsed.values : parsed;
};

test("flags have one dash or two, and their value behind = or in the next word", () => {
  for (const args of [["-idx", "10"], ["--idx", "10"], ["-idx=10"], ["--idx=10"]]) {
    assert.deepEqual(values(...args), { idx: "10", verbose: false });
  }
  assert.deepEqual(values("-idx", "-5", "-verbose"), { idx: "-5", verbose: true });
  assert.deepEqual(values("-idx=a=b", "-verbose=false"), { idx: "a=b", verbose: false });
  assert.deepEqual(values("-verbose", "--", "-x"), { idx: "", verbose: true });
});

test("wrong flags are named", () => {
  assert.deepEqual(values("-x"), { kind: "error", text: "flag provided but not defined: -x" });
  assert.deepEqual(values("--constructor"), { kind: "error", text: "flag provided but not defined: -constructor" });
  assert.deepEqual(values("-idx"), { kind: "error", text: "flag needs an argument: -idx" });
  assert.deepEqual(values("-verbose=x"), {
    kind: "error",
    text: 'invalid boolean value "x" for -verbose: parse error',
  });
  assert.deepEqual(values("x"), { kind: "error", text: "unexpected argument: x" });
});

test("-h asks for the usage text, which names every flag", () => {
  assert.deepEqual(values("-h"), { kind: "help" });
  assert.deepEqual(values("--help"), { kind: "help" });
  assert.equal(usage("p", FLAGS), "Usage of p:\n  -idx string\n        the index\n  -verbose\n        more\n");
});

// The one line of what a plugin printed that says why it ended.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lastWords } from "./last-words.js";

test("the last line speaks for a program, and silence is nothing", () => {
  assert.equal(lastWords("one\ntwo\n\n"), "two");
  assert.equal(lastWords(" \n"), undefined);
});

const stack = "    at file:///p.mjs:1:7\n    at ModuleJob.run (node:internal/modules/esm/module_job:325:25)\n";
const REPORTS: [report: string, words: string][] = [
  [`Error: logged before\nfile:///p.mjs:1\nthrow new Error("boom");\n      ^\n\nError: boom\n${stack}`, "Error: boom"],
  [
    `p.mjs:1\n\nError [ERR_MODULE_NOT_FOUND]: no x\n${stack} {\n  code: 'ERR_MODULE_NOT_FOUND'\n}\n`,
    "Error [ERR_MODULE_NOT_FOUND]: no x",
  ],
  [
    `    triggerUncaughtException(\n\n[PluginError: no socket] {\n  code: 'connect-failed',\n  [cause]: Error: x\n}\n`,
    "PluginError: no socket",
  ],
  ["p.mjs:1\nthrow 5;\n(Use `node --trace-uncaught ...`)\n", "Node.js v20.20.2"],
];
for (const [report, words] of REPORTS) {
  test(`an uncaught error of Node.js speaks for itself: ${words}`, () => {
    assert.equal(lastWords(`${report}\nNode.js v20.20.2\n`), words);
  });
}

// Tests of where name and index come from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { completeIdentity, type IdentitySources, programName } from "./identity.js";
import { lineLogger, silentLogger } from "./log.js";

function identity(sources: Partial<IdentitySources>) {
  const all = { options: {}, environment: {}, definition: {}, executable: "/opt/nri/plugins/10-file.js", ...sources };
  return completeIdentity(all, silentLogger);
}

test("the environment decides for a plugin that a runtime has launched", () => {
  const environment = { name: "env", index: "07" };
  assert.deepEqual(identity({ environment }), { index: "07", name: "env" });
  assert.deepEqual(identity({ environment, definition: { name: "def", index: "20" } }), { index: "07", name: "env" });
});

test("options go before the definition", () => {
  const definition = { name: "def", index: "20" };
  assert.deepEqual(identity({ definition }), { index: "20", name: "def" });
  assert.deepEqual(identity({ definition, options: { name: "opt", index: "30" } }), { index: "30", name: "opt" });
});

test("an index option contradicts an index in the environment, even an equal one", () => {
  const sources = { environment: { name: "env", index: "07" }, options: { index: "07" } };
  assert.throws(() => identity(sources), { code: "invalid-identity", message: 'plugin ID already set ("07")' });
});

test("a name option that overrides another name is logged", () => {
  const lines: string[] = [];
  const sources = { options: { name: "b" }, environment: { name: "a", index: "01" }, definition: {}, executable: "x" };
  completeIdentity(
    sources,
    lineLogger((line) => lines.push(line)),
  );
  assert.deepEqual(lines, ['INFO  Plugin name overridden: "b" (previously "a")']);
});

test("with an index only, the whole file name is the name", () => {
  assert.deepEqual(identity({ options: { index: "30" } }), { index: "30", name: "10-file" });
});

test("without an index both parts come from the file name, also when a name is given", () => {
  assert.deepEqual(identity({}), { index: "10", name: "file" });
  assert.deepEqual(identity({ options: { name: "opt" } }), { index: "10", name: "file" });
});

test("a file name that is no NN-name is refused with the reference's text", () => {
  const refused = (executable: string, message: string) =>
    assert.throws(() => identity({ executable }), { code: "invalid-identity", message });
  refused("/x/logger.js", 'invalid plugin name "logger", idx-pluginname expected');
  refused("/x/1-logger", 'invalid plugin index "1", must be 2 digits');
});

test("the extension of a script is no part of its name, other dots are", () => {
  for (const file of ["/a/10-x.js", "/a/10-x.mjs", "/a/10-x.cjs", "/a/10-x.ts", "/a/10-x.mts", "/a/10-x", "10-x"]) {
    assert.equal(programName(file), "10-x");
  }
  assert.equal(programName("/a/10-x.v1.2"), "10-x.v1.2");
});

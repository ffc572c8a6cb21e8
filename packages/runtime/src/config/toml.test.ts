// TOML with lines: every value stands where it is, whatever the way it was written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, parseToml, plainTable, TomlError } from "./toml.js";

const DOCUMENT = `title = "x" # a comment
a.b.c = 1

[plugins.'io.containerd.nri.v1.nri']
  disable = true
  [plugins.'io.containerd.nri.v1.nri'.default_validator]
    required_plugins = [
      "10-foo",
      """bar""",
    ]
[[policies.rules]]
plugin = "*"
[[policies.rules]]
plugin = "foo"
retry = { attempts = 3, "delay" = "1s" }
`;

test("a document is read as any reader of TOML reads it", () => {
  assert.deepEqual(plainTable(parseToml(DOCUMENT)), {
    title: "x",
    a: { b: { c: 1 } },
    plugins: {
      "io.containerd.nri.v1.nri": { disable: true, default_validator: { required_plugins: ["10-foo", "bar"] } },
    },
    policies: { rules: [{ plugin: "*" }, { plugin: "foo", retry: { attempts: 3, delay: "1s" } }] },
  });
});

test("each key and each entry of a list knows its line", () => {
  const root = { line: 1, value: parseToml(DOCUMENT) };
  const lines: [path: (string | number)[], line: number][] = [
    [["title"], 1],
    [["a", "b", "c"], 2],
    [["plugins", "io.containerd.nri.v1.nri"], 4],
    [["plugins", "io.containerd.nri.v1.nri", "disable"], 5],
    [["plugins", "io.containerd.nri.v1.nri", "default_validator", "required_plugins"], 7],
    [["plugins", "io.containerd.nri.v1.nri", "default_validator", "required_plugins", 1], 9],
    [["policies", "rules", 1, "plugin"], 14],
    [["policies", "rules", 1, "retry", "delay"], 15],
    [["policies", "rules", 1, "missing", "deep"], 13],
  ];
  for (const [path, line] of lines) assert.equal(lineOf(root, path), line, path.join("."));
});

test("what is no TOML is told with its line", () => {
  const cases: [text: string, line: number][] = [
    ["a = 1\nb = = 2\n", 2],
    ["a = 1\na = 2\n", 2],
    ["[x]\ny = 1\n\n[x]\n", 4],
    ["a = 'x\n", 1],
    ["a = {b = 1}\n[a.c]\n", 2],
  ];
  for (const [text, line] of cases) {
    assert.throws(
      () => parseToml(text),
      (error) => error instanceof TomlError && error.line === line,
      text,
    );
  }
});

test("a key called __proto__ is a key", () => {
  const table = plainTable(parseToml("[__proto__]\npolluted = true\n"));
  assert.equal(Object.hasOwn(table, "__proto__"), true);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

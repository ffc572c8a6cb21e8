// Tests of reading YAML as plain data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseYaml } from "./yaml-document.js";

const mapping = (entries: Record<string, unknown>) => new Map(Object.entries(entries));

test("only the first document counts, and none is null", () => {
  assert.equal(parseYaml(""), null);
  assert.equal(parseYaml("# nothing"), null);
  assert.deepEqual(parseYaml("---\na: 1\n---\n{"), mapping({ a: 1n }));
  assert.throws(() => parseYaml("a: [\n---\nb: 1"));
});

test("quoted words are strings, and keys are strings whatever they are", () => {
  assert.deepEqual(
    parseYaml(`"yes": "1"\n1: 'no'\nyes: !!str 2\n? 1.50\n: x`),
    new Map([
      ["yes", "1"],
      ["1", "no"],
      ["true", "2"],
      ["1.5", "x"],
    ]),
  ); // prettier-ignore
  assert.deepEqual(parseYaml("__proto__: {}"), new Map([["__proto__", new Map()]]));
  assert.throws(() => parseYaml("~: 1"), { message: "a null cannot be a key" });
  assert.throws(() => parseYaml("? [a]\n: 1"), { message: "a collection cannot be a key" });
});

test("of repeated keys the last one counts, also against a merge", () => {
  assert.deepEqual(parseYaml("a: 1\na: 2"), mapping({ a: 2n }));
  assert.deepEqual(parseYaml("- &x {a: 1, b: 1}\n- &y {a: 2}\n- a: 0\n  <<: [*x, *y]\n  b: 3"), [
    mapping({ a: 1n, b: 1n }),
    mapping({ a: 2n }),
    mapping({ a: 1n, b: 3n }),
  ]);
  assert.throws(() => parseYaml("<<: 1"), { message: "map merge requires map or sequence of maps as the value" });
});

test("a tag must fit", () => {
  assert.deepEqual(parseYaml(`[!!int "3", !!float 3, !!binary aGk=, !own 1]`), [3n, 3, "hi", "1"]);
  assert.throws(() => parseYaml("!!int abc"), { message: "cannot decode `abc` as a !!int" });
});

test("aliases give the last anchor before them; an unknown one, and one inside itself, is refused", () => {
  assert.deepEqual(parseYaml("[&a 1, *a, &a 2, *a]"), [1n, 1n, 2n, 2n]);
  assert.throws(() => parseYaml("[*a, &a 1]"), { message: "unknown anchor 'a' referenced" });
  assert.throws(() => parseYaml("&a [*a]"), { message: "anchor 'a' value contains itself" });
});

test("aliases of aliases of aliases are refused before they take memory", () => {
  const laughs = ["&a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"];
  for (let i = 1; i < 9; i++)
    laughs.push(
      `&a${i} [${Array(9)
        .fill(`*a${i - 1}`)
        .join(", ")}]`,
    );
  assert.throws(() => parseYaml(`[${laughs.join(", ")}]`), { message: "document contains excessive aliasing" });
});

test("what takes long to parse is not parsed: many brackets, commas, line ends", () => {
  assert.equal((parseYaml(`[${"1,".repeat(8_000)}]`) as unknown[]).length, 8_000);
  for (const text of [`[${"1,".repeat(100_000)}]`, "\n".repeat(8_193), "- ".repeat(8_193)]) {
    assert.throws(() => parseYaml(text), {
      message: /^text has \d+ brackets, commas and the like, at most 8192 are parsed$/,
    });
  }
  assert.equal((parseYaml(`"${"x".repeat(200_000)}"`) as string).length, 200_000);
});

test("values are counted", () => {
  const repeated = `[&a [${"1,".repeat(5000)}], ${"*a,".repeat(78)}]`;
  assert.equal((parseYaml(repeated) as unknown[]).length, 79);
  assert.throws(() => parseYaml(`[${repeated}, *a]`), { message: "document has more than 400000 values" });
});

test("what is no YAML is refused with its place, however deep it goes", () => {
  assert.throws(() => parseYaml("a: 1\nb: {"), { message: /\(line 2, column 5\)$/ });
  assert.throws(() => parseYaml("[".repeat(8_000)), Error);
});

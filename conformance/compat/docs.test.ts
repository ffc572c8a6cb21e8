// docs/deviations.md has every row of the table `compat`, in short and in detail, with the version that it holds since.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryDir } from "../paths.js";
import { ROWS } from "./rows.js";

const read = (path: string): string => readFileSync(join(repositoryDir, path), "utf8");

/** The tables of each section, cell by cell, without their heads. */
function tables(text: string): Map<string, readonly (readonly string[])[]> {
  return new Map(
    text.split(/^## /m).map((section) => {
      const [title = ""] = section.split("\n");
      const rows = section.split("\n").filter((line) => line.startsWith("|"));
      return [title, rows.slice(2).map((line) => line.slice(2, -2).split(" | "))];
    }),
  );
}

const sections = tables(read("docs/deviations.md"));
const switched = [...sections].flatMap(([title, rows]) => (title.startsWith("Switched by `compat`") ? rows : []));

test("what compat switches is told in short, row by row", () => {
  const short = sections.get("What `compat` switches, in short") ?? [];
  assert.deepEqual(
    short.map(([title]) => title),
    Object.values(ROWS).map(({ title }) => title),
  );
  for (const row of short) assert.equal(row.filter((cell) => cell !== "").length, 4, row[0]);
});

test("each row that compat switches says what the reference does, what we do, why, since when, and which test shows it", () => {
  const versions = [...read("CHANGELOG.md").matchAll(/^## (\d+\.\d+\.\d+)/gm)].map(([, version]) => version);
  assert.ok(switched.length > 30);
  for (const row of switched) {
    assert.equal(row.filter((cell) => cell.trim() !== "").length, 6, row[0]);
    assert.ok(versions.includes(row[4]), `${row[0]}: since ${row[4]}`);
  }
});

test("each row of the table has its details, and they name the tests of the table", () => {
  for (const { title, details } of Object.values(ROWS)) {
    for (const beginning of details) {
      const found = switched.filter(([what]) => what?.startsWith(beginning));
      assert.equal(found.length, 1, `${title}: ${beginning}`);
      assert.match(found[0]?.[5] ?? "", /conformance\/compat/, beginning);
    }
  }
});

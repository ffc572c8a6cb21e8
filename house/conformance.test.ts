// docs/conformance.md: each case of the reference has a test of ours, and each test that it names exists.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { ROOT } from "./tree.js";

interface Line {
  readonly text: string;
  readonly cases: number;
  readonly tests: { readonly file: string; readonly title: string }[];
}

/** A heading with what follows it up to the next one of its level or a higher one. */
interface Section {
  readonly heading: string;
  readonly level: number;
  readonly lines: Line[];
}

function sections(text: string): Section[] {
  const open: Section[] = [];
  const all: Section[] = [];
  for (const row of text.split("\n")) {
    const heading = /^(##+) (.*)$/.exec(row);
    if (heading !== null) {
      const level = heading[1]?.length ?? 0;
      while ((open.at(-1)?.level ?? 0) >= level) open.pop();
      const section = { heading: heading[2] ?? "", level, lines: [] };
      open.push(section);
      all.push(section);
      continue;
    }
    const line = /^- (.*?)(?: \((\d+)\))?$/.exec(row);
    const named = /^ {2}- `([^`]+)`: (.*)$/.exec(row);
    if (line !== null) {
      const one: Line = { text: line[1] ?? "", cases: Number(line[2] ?? 1), tests: [] };
      for (const section of open) section.lines.push(one);
    } else if (named !== null) {
      open
        .at(-1)
        ?.lines.at(-1)
        ?.tests.push({ file: named[1] ?? "", title: named[2] ?? "" });
    }
  }
  return all;
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const ALL = sections(read("docs/conformance.md"));
const LINES = ALL.filter(({ level }) => level === 2).flatMap(({ lines }) => lines);

const TITLE = /\b(?:test|testBoth)\(\s*("(?:[^"\\]|\\.)*"|`[^`]*`)/g;

/** The titles of a test file: the text, or for a template what it matches. */
function titles(file: string): { readonly exact: Set<string>; readonly templates: RegExp[] } {
  const exact = new Set<string>();
  const templates: RegExp[] = [];
  for (const [, literal = ""] of read(file).matchAll(TITLE)) {
    if (literal.startsWith('"')) exact.add(JSON.parse(literal) as string);
    else {
      const parts = literal.slice(1, -1).split(/\$\{[^}]*(?:\{[^}]*\}[^}]*)*\}/);
      templates.push(new RegExp(`^${parts.map(escaped).join("(.*)")}$`, "s"));
    }
  }
  return { exact, templates };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Whether the sources in the folder of a test, or those that it imports, say this, so that they can put it into a title. */
function said(file: string, words: string): boolean {
  const folder = dirname(file);
  const imported = [...read(file).matchAll(/ from "(\.\.\/[^"]+)\.js"/g)].map(([, path = ""]) => `${path}.ts`);
  return [...readdirSync(join(ROOT, folder)), ...imported]
    .filter((name) => name.endsWith(".ts"))
    .some((name) => read(join(folder, name)).includes(words));
}

function exists(file: string, title: string): boolean {
  const { exact, templates } = titles(file);
  return (
    exact.has(title) ||
    templates.some(
      (template) =>
        template
          .exec(title)
          ?.slice(1)
          .every((words) => said(file, words)) ?? false,
    )
  );
}

test("every test that docs/conformance.md names exists, title and file", () => {
  const missing = LINES.flatMap(({ tests }) => tests)
    .filter(({ file, title }) => !existsSync(join(ROOT, file)) || !exists(file, title))
    .map(({ file, title }) => `${file}: ${title}`);
  assert.deepEqual(missing, []);
});

test("a test that is not there is not found, whatever it is called", () => {
  const [one] = LINES.flatMap(({ tests }) => tests);
  assert.ok(one !== undefined && exists(one.file, one.title));
  assert.ok(!exists(one.file, `${one.title} not`));
  assert.ok(
    !exists("conformance/upstream/events.test.ts", "a plugin that subscribed to Nothing gets that and nothing else"),
  );
});

test("no line of docs/conformance.md lacks a test", () => {
  assert.ok(LINES.length > 150, `${LINES.length} lines`);
  assert.deepEqual(
    LINES.filter(({ tests }) => tests.length === 0).map(({ text }) => text),
    [],
  );
});

test("the cases of each section of docs/conformance.md add up to its number", () => {
  const counted = ALL.flatMap(({ heading, lines }) => {
    const number = /(?:: | \()(\d+)\)?$/.exec(heading);
    return number === null ? [] : [{ heading, cases: Number(number[1]), lines }];
  });
  assert.ok(counted.length > 20);
  for (const { heading, cases, lines } of counted)
    assert.equal(
      lines.reduce((sum, line) => sum + line.cases, 0),
      cases,
      heading,
    );
});

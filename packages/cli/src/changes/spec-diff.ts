// An OCI spec before and after the plugins, line by line, with the plugin that changed each line.
import { printSpec, type Spec } from "@nri/oci";
import { FIELDS } from "@nri/protocol";
import type { Change } from "@nri/testing";
import { structuredPatch } from "diff";
import { LIMITS } from "../limits.js";
import { type Paint, printable } from "../printable.js";

/** Two specs and what lies between them. */
export interface SpecPair {
  /** Whose spec it is: `default/web/app`. */
  readonly label: string;
  readonly before: Spec;
  readonly after: Spec;
  /** What stands for where the first comes from, as `from the input`. */
  readonly from: string;
  readonly changes: readonly Change[];
}

/** A unified diff. */
export function specDiff({ label, before: original, after: final, from, changes }: SpecPair, paint: Paint): string {
  const before = specLines(printSpec(original, { indent: 2 }));
  const after = specLines(printSpec(final, { indent: 2 }));
  const head = [
    paint.bold(`--- ${label}/config.json  ${from}`),
    paint.bold(`+++ ${label}/config.json  after ${plugins(changes)}`),
  ];
  const same = before.length === after.length && before.every((line, index) => line.text === after[index]?.text);
  if (same) return `${head.join("\n")}\n`;
  if (before.length + after.length > LIMITS.diffLines) {
    return `${head.join("\n")}\n# more than ${LIMITS.diffLines} lines are not compared; see -o spec\n`;
  }
  // A comma behind the line before is no change of that line.
  const text = (lines: readonly SpecLine[]) => `${lines.map((line) => line.text.replace(/,$/, "")).join("\n")}\n`;
  const patch = structuredPatch("", "", text(before), text(after), "", "", { context: 3 });
  const out = [...head];
  for (const hunk of patch.hunks) {
    out.push(paint.cyan(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`));
    let oldLine = hunk.oldStart - 1;
    let newLine = hunk.newStart - 1;
    for (const { 0: sign } of hunk.lines) {
      const line = sign === "-" ? before[oldLine] : after[newLine];
      const shown = `${sign ?? " "}${printable(line?.text ?? "")}`;
      if (sign === "+") out.push(paint.green(shown) + paint.dim(remark(line, changes)));
      else if (sign === "-") out.push(paint.red(shown) + paint.dim(remark(line, changes)));
      else out.push(shown);
      if (sign !== "+") oldLine += 1;
      if (sign !== "-") newLine += 1;
    }
  }
  return `${out.join("\n")}\n`;
}

function plugins(changes: readonly Change[]): string {
  const names = [...new Set(changes.map(({ plugin }) => plugin))];
  return names.length === 0 ? "no change" : names.join(", ");
}

interface SpecLine {
  readonly text: string;
  /** Where in the spec the line is: `/process/env`. */
  readonly pointer: string;
  /** The lines of the list entry that it is part of, which hold the key of a keyed list. */
  entry: string;
}

/** Lines of pretty-printed JSON with the place that each belongs to; keys are on their own lines, so indentation tells. */
function specLines(text: string): SpecLine[] {
  const path: string[] = [];
  const lines = text.split("\n").map((line): SpecLine => {
    const depth = (line.length - line.trimStart().length) / 2;
    path.length = Math.min(path.length, depth);
    const key = /^\s*("(?:[^"\\]|\\.)*"): /.exec(line)?.[1];
    if (key !== undefined) path[depth - 1] = JSON.parse(key) as string;
    return { text: line, pointer: `/${path.filter((part) => part !== undefined).join("/")}`, entry: line };
  });
  fillEntries(lines);
  return lines;
}

/** Gives every line of an object in a list the whole object's text. */
function fillEntries(lines: SpecLine[]): void {
  for (let index = 0; index < lines.length; index += 1) {
    const opening = /^(\s*)\{$/.exec(lines[index]?.text ?? "");
    if (opening?.[1] === undefined || opening[1] === "") continue;
    const closing = new RegExp(`^${opening[1]}\\},?$`);
    let end = index;
    while (end < lines.length && !closing.test(lines[end]?.text ?? "")) end += 1;
    const whole = lines.slice(index, end + 1);
    const text = whole.map((line) => line.text).join("\n");
    for (const line of whole) line.entry = text;
    index = end;
  }
}

/** `   # 10-foo` behind a line that says something; brackets alone say nothing. */
function remark(line: SpecLine | undefined, changes: readonly Change[]): string {
  const who = line === undefined || /^[\s{}[\],]*$/.test(line.text) ? "" : ownerOf(line, changes);
  return who === "" ? "" : `   # ${who}`;
}

/** The plugins behind a line: of the changes that can touch its place, those whose key the line names. */
function ownerOf(line: SpecLine, changes: readonly Change[]): string {
  const near = changes.filter(({ field, other, sign }) => {
    if (other !== undefined || sign === "=") return false;
    return FIELDS[field].pointers.some(
      (pointer) =>
        line.pointer === pointer || line.pointer.startsWith(`${pointer}/`) || pointer.startsWith(`${line.pointer}/`),
    );
  });
  const exact = near.filter(
    ({ key, field }) =>
      FIELDS[field].kind === "value" || key === "" || line.entry.includes(JSON.stringify(key).slice(1, -1)),
  );
  return [...new Set((exact.length > 0 ? exact : near).map(({ plugin }) => plugin))].join(", ");
}

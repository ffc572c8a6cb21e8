// Snapshots in files, for test runners without their own (node:test before Node.js 22.3).
import { AssertionError } from "node:assert";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** What a snapshot is taken of: text, or a pod or container of a fake node. */
export type SnapshotSource = string | { summary(): string };

/**
 * That `actual` is what the file holds. A file that is not there is written, but not where `CI` is set, which fails;
 * with `NRI_UPDATE_SNAPSHOTS=1` in the environment every file is written. Throws an `AssertionError` that a runner shows as a diff.
 */
export function assertSnapshot(actual: SnapshotSource, file: string | URL): void {
  const text = `${typeof actual === "string" ? actual.trimEnd() : actual.summary()}\n`;
  const path = typeof file === "string" ? file : fileURLToPath(file);
  const { NRI_UPDATE_SNAPSHOTS: update, CI: ci } = process.env;
  const exists = existsSync(path);
  if (isSet(update) || (!exists && !isSet(ci))) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  const expected = exists ? readFileSync(path, "utf8") : "";
  if (text === expected) return;
  const what = exists ? "is not what the snapshot holds" : "has no snapshot, and none is written where CI is set";
  const message = `${what}: ${path} (NRI_UPDATE_SNAPSHOTS=1 writes it)\n${difference(text, expected)}`;
  throw new AssertionError({
    message,
    actual: text,
    expected,
    operator: "assertSnapshot",
    stackStartFn: assertSnapshot,
  });
}

const isSet = (value: string | undefined) => value !== undefined && value !== "" && value !== "0" && value !== "false";

/** Lines of one and not of the other. */
function difference(actual: string, expected: string): string {
  const [has, wants] = [actual.split("\n"), expected.split("\n")];
  const gone = wants.filter((line) => !has.includes(line)).map((line) => `- ${line}`);
  return [...gone, ...has.filter((line) => !wants.includes(line)).map((line) => `+ ${line}`)].join("\n");
}

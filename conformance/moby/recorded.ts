// What is recorded of Docker's own code, in golden/moby.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goldenDir } from "../paths.js";

/** The lines of one file. */
export function recorded<T>(name: string): T[] {
  const text = readFileSync(join(goldenDir, "moby", `${name}.jsonl`), "utf8").trim();
  return text.split("\n").map((line) => JSON.parse(line) as T);
}

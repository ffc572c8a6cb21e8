// An OCI runtime that keeps how it was called and becomes the real one.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program to give to an engine. */
export interface RecordingRuntime extends Disposable {
  readonly program: string;
  /** The arguments of each call so far. */
  calls(): string[][];
}

/** Writes one in front of `runtime`. */
export function recordingRuntime(runtime: string): RecordingRuntime {
  const dir = mkdtempSync(join(tmpdir(), "nri-rec-"));
  const [program, file] = [join(dir, "recording"), join(dir, "calls")];
  // one write for a call: several can be under way
  const script = `#!/bin/sh\nprintf '%s\\n' "$(printf '%s\\t' "$@")" >> '${file}'\nexec '${runtime}' "$@"\n`;
  writeFileSync(program, script, { mode: 0o755 });
  writeFileSync(file, "");
  return {
    program,
    calls: () =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.replace(/\t$/, "").split("\t")),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

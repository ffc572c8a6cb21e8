// Log lines in a file that can change while the plugin runs; stderr as long as there is none.
import { closeSync, openSync, writeSync } from "node:fs";
import { type Logger, lineLogger } from "@nri/plugin";
import { errorText } from "./error-text.js";

/** Where lines go now. */
export interface LogFile {
  readonly log: Logger;
  /** Appends to `path` from now on (made with mode 0644); "" changes nothing. Throws when it cannot be opened. */
  reopen(path: string): void;
}

/** Lines to stderr until a file is given. */
export function logFile(): LogFile {
  let descriptor: number | undefined;
  let current = "";
  const write = (line: string): void => {
    // A pipe that is full is the stream's business: a write to the descriptor itself would fail (EAGAIN).
    if (descriptor === undefined) process.stderr.write(`${line}\n`);
    else writeSync(descriptor, `${line}\n`);
  };
  return {
    log: lineLogger(write),
    reopen(path) {
      if (path === "" || path === current) return;
      let opened: number;
      try {
        opened = openSync(path, "a", 0o644);
      } catch (error) {
        throw new Error(`failed to open log file "${path}": ${errorText(error)}`);
      }
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = opened;
      current = path;
    },
  };
}

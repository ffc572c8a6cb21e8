// A failure as the runtime would tell it: in its log, where engines look for it, and on stderr.
import { appendFile } from "node:fs/promises";
import { logTime } from "../lease/refusal.js";

/** Where the runtime was told to log. */
export interface RuntimeLog {
  /** Value of `--log`; empty for stderr. */
  readonly path: string;
  /** Value of `--log-format`. */
  readonly format: string;
}

/** Says why a call fails. A log that cannot be written is told on stderr as well. */
export async function tellFailure(text: string, log: RuntimeLog): Promise<void> {
  const path = log.path.replace(/^file:/, "");
  if (path !== "" && !/^(journald|syslog):/.test(path)) {
    try {
      await appendFile(path, `${logLine(text, log.format, new Date())}\n`);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
  }
  process.stderr.write(`${text}\n`);
}

/** One line, as runc writes it. */
export function logLine(text: string, format: string, at: Date): string {
  if (format === "json") return JSON.stringify({ level: "error", msg: text, time: logTime(at) });
  return `time="${logTime(at)}" level=error msg=${JSON.stringify(text)}`;
}

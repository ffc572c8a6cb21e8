// A failure as the runtime would tell it: in its log, where engines look for it, and on stderr.
import { appendFile } from "node:fs/promises";
import { logTime } from "../lease/refusal.js";
import type { FlavourName } from "./flavour.js";

/** Where the runtime was told to log. */
export interface RuntimeLog {
  /** Value of `--log`; empty for stderr. */
  readonly path: string;
  /** Value of `--log-format`. */
  readonly format: string;
  /** Whose log it is. */
  readonly flavour: FlavourName;
}

/** Says why a call fails. A log that cannot be written is told on stderr as well. */
export async function tellFailure(text: string, log: RuntimeLog): Promise<void> {
  const path = log.path.replace(/^file:/, "");
  if (path !== "" && !/^(journald|syslog):/.test(path)) {
    try {
      await appendFile(path, `${logLine(text, log, new Date())}\n`);
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
    }
  }
  process.stderr.write(`${text}\n`);
}

/** One line, as the runtime writes it: JSON is the same for both, and crun's text has no more than the message. */
function logLine(text: string, { format, flavour }: RuntimeLog, at: Date): string {
  if (format === "json") return JSON.stringify({ level: "error", msg: text, time: logTime(at) });
  if (flavour === "crun") return text;
  return `time="${logTime(at)}" level=error msg=${JSON.stringify(text)}`;
}

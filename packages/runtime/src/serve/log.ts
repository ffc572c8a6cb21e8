// The daemon's log: one line each, in the form of containerd's, with a level that a reload can change.
import type { Logger, LogLevel } from "@nri/adaptation";

/** From the least important to the most. */
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A log whose level can be changed. */
export interface DaemonLog extends Logger {
  /** What is less important is left out. */
  level: LogLevel;
}

/** Writes lines such as `time=2026-11-27T17:00:00.000Z level=warn msg="..."`, with `now` as their time. */
export function daemonLog(
  write: (line: string) => void,
  level: LogLevel,
  now: () => Date = () => new Date(),
): DaemonLog {
  const line = (name: LogLevel) => (text: string) => {
    if (LEVELS.indexOf(name) >= LEVELS.indexOf(log.level)) {
      write(`time=${now().toISOString()} level=${name} msg=${JSON.stringify(text)}\n`);
    }
  };
  const log: DaemonLog = {
    level,
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
  };
  return log;
}

// The daemon's log: one line each, in the form of containerd's or as JSON, with a level and a form that a reload can change.
import type { LogFields, Logger, LogLevel } from "@nri/adaptation";

/** From the least important to the most. */
const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A log whose level and form can be changed. */
export interface DaemonLog extends Logger {
  /** What is less important is left out. */
  level: LogLevel;
  /** `text`: `time=... level=... msg="..."`; `json`: `{"time":...,"level":...,"msg":...}` and what it is about. */
  format: "text" | "json";
}

/** Writes lines, with `now` as their time; as text until told otherwise. */
export function daemonLog(
  write: (line: string) => void,
  level: LogLevel,
  now: () => Date = () => new Date(),
): DaemonLog {
  const line = (name: LogLevel) => (msg: string, about?: LogFields) => {
    if (LEVELS.indexOf(name) < LEVELS.indexOf(log.level)) return;
    const time = now().toISOString();
    if (log.format === "json") write(`${JSON.stringify({ time, level: name, msg, ...about })}\n`);
    else write(`time=${time} level=${name} msg=${JSON.stringify(msg)}\n`);
  };
  const log: DaemonLog = {
    level,
    format: "text",
    debug: line("debug"),
    info: line("info"),
    warn: line("warn"),
    error: line("error"),
  };
  return log;
}

// Log lines: a minimal interface, and the default that writes to stderr.

/** Where log lines go. Any of the usual loggers fits. */
export interface Logger {
  /** What helps to find a fault. */
  debug(text: string): void;
  /** What happens in the normal course. */
  info(text: string): void;
  /** What is probably not meant. */
  warn(text: string): void;
  /** What failed. */
  error(text: string): void;
}

/** Levels of log lines, least important first. */
export type LogLevel = "debug" | "info" | "warn" | "error";

const LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];

/** A logger that gives each line of `level` or above to `write`, as `INFO  text`. */
export function lineLogger(write: (line: string) => void, level: LogLevel = "info"): Logger {
  const line = (of: LogLevel) =>
    LEVELS.indexOf(of) < LEVELS.indexOf(level)
      ? () => undefined
      : (text: string) => write(`${of.toUpperCase().padEnd(5)} ${text}`);
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}

/** The default logger: lines of `level` or above on stderr. stdout stays free for the plugin. */
export function stderrLogger(level: LogLevel = "info"): Logger {
  return lineLogger((line) => process.stderr.write(`${line}\n`), level);
}

/** A logger that says nothing. */
export const silentLogger: Logger = lineLogger(() => undefined);

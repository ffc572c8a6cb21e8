// What is wrong with a configuration: all of it at once, each with its place.

/** One thing that is wrong. */
export interface ConfigProblem {
  /** Counted from 1; 0 when it is about the file as a whole. */
  readonly line: number;
  /** What is wrong, with the key and the value. */
  readonly text: string;
}

/** A configuration that cannot be used. The text has one line for each problem: `FILE:LINE: text`. */
export class ConfigError extends Error {
  /** Always `ConfigError`. */
  override readonly name = "ConfigError";
  /** In the order of lines. */
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    const sorted = [...problems].sort((a, b) => a.line - b.line);
    super(sorted.map(({ line, text }) => `${file}${line === 0 ? "" : `:${line}`}: ${text}`).join("\n"), options);
    this.problems = sorted;
  }
}

// Text of others on our screen: no control characters, no endless lines, colours only where they are wanted.
import type { Host, Output } from "./host.js";
import { LIMITS } from "./limits.js";

/** Text without control characters (also those that turn the direction of writing); they are shown as `\x1b` or `\u202e`. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** `printable`, cut off at `max` characters. */
export function short(text: string, max: number = LIMITS.shownCharacters): string {
  const head = text.length > max ? `${text.slice(0, max)}... (${text.length} characters)` : text;
  return printable(head);
}

/** Styles of a terminal. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** When to use colours. */
export type ColorMode = "auto" | "always" | "never";

/** The styles for `output`: plain unless asked for, or a person looks at it and did not say NO_COLOR. */
export function paintFor(output: Output, mode: ColorMode, env: Host["env"]): Paint {
  const noColor = env.NO_COLOR !== undefined && env.NO_COLOR !== "";
  const on = mode === "always" || (mode === "auto" && output.isTerminal && !noColor && env.TERM !== "dumb");
  const style = (open: number, close: number) => (text: string) =>
    on && text !== "" ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
    cyan: style(36, 39),
  };
}

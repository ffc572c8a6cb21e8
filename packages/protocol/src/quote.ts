// Names inside error texts, quoted as the reference prints them (Go's %q and the like), so that log searches still hit.

const NAMED: Readonly<Record<string, string>> = {
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\",
};
// Letters, marks, numbers, punctuation, symbols and the plain blank are printed as they are.
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

function escaped(char: string, quote: string): string {
  if (char === quote) return `\\${quote}`;
  const named = NAMED[char];
  if (named !== undefined) return named;
  if (PRINTABLE.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** `text` in double quotes, with what cannot be printed escaped. */
export function quote(text: string): string {
  if (/^[\w ./:+-]*$/.test(text)) return `"${text}"`;
  return `"${Array.from(text, (char) => escaped(char, '"')).join("")}"`;
}

/** One character in single quotes. */
export function quoteChar(char: string): string {
  return `'${escaped(char, "'")}'`;
}

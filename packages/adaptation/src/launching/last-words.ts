// Which line of what a program has printed says why it ended.

/** Node.js ends its report of an uncaught error with its own version, which says nothing. */
const NODE_VERSION = /^Node\.js v\d/;
const NODE_ERROR = /^\[?[A-Z]?\w*Error\b.*/;

/** The line that says most: the last one, or the error itself when Node.js reports one. Undefined without any. */
export function lastWords(stderr: string): string | undefined {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const last = lines.at(-1);
  if (last === undefined || !NODE_VERSION.test(last)) {
    return last;
  }
  const error = lines.findLast((line) => NODE_ERROR.test(line))?.replace(/ \{$/, "");
  return error?.replace(/^\[(.*)\]$/, "$1") ?? last;
}

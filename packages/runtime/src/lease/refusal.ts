// The text of a refusal, as the wrapper hands it on: on stderr, and in the runtime's own log.

/** One line of at most `maxBytes`, without control characters. */
export function oneLine(text: string, maxBytes: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();
  const bytes = Buffer.from(line);
  if (bytes.byteLength <= maxBytes) return line;
  // A character that is cut through becomes U+FFFD, which says as much.
  return `${bytes.subarray(0, maxBytes).toString("utf8")}...`;
}

/** Time as runc writes it: RFC 3339, whole seconds, UTC. */
export function logTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

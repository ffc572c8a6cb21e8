// The text of anything thrown.

/** Its message, or what it says of itself. */
export function errorText(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

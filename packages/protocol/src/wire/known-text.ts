// Strings that came before: requests repeat their keys, types, options and paths, and a string found here costs no call
// into native code, no garbage, and as the key of a map no look-up among all keys of the process.
import { KNOWN_TEXTS } from "../limits.js";

/** By hash; a newcomer takes the place of the one that was there. */
const known: string[] = new Array(KNOWN_TEXTS).fill("");

/**
 * Where a string of these bytes (at least one) would be. Five bytes tell well enough apart, the last two because they
 * count: `key-00`, `key-01`. Two strings that share a slot only push each other out.
 */
export function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  let hash = length;
  hash = Math.imul(hash, 31) + (bytes[start + (length >> 1)] as number);
  hash = Math.imul(hash, 31) + (bytes[start + (length >> 2)] as number);
  hash = Math.imul(hash, 31) + (bytes[end - 1 - (length >> 2)] as number);
  hash = Math.imul(hash, 31) + (bytes[length > 1 ? end - 2 : start] as number);
  hash = Math.imul(hash, 31) + (bytes[end - 1] as number);
  return (Math.imul(hash, 0x9e3779b1) >>> 16) & (KNOWN_TEXTS - 1);
}

/** The string kept in `slot` if it is that of these bytes. */
export function knownText(slot: number, bytes: Uint8Array, start: number, end: number): string | undefined {
  const text = known[slot] as string;
  if (text.length !== end - start) return undefined;
  for (let i = start; i < end; i++) {
    if (text.charCodeAt(i - start) !== bytes[i]) return undefined;
  }
  return text;
}

/** Keeps `text` in `slot`. Only ASCII may be kept: of that, one byte is one character. */
export function keepText(slot: number, text: string): void {
  known[slot] = text;
}

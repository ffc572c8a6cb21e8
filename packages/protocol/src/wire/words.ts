// The two 32-bit halves of a 64-bit integer, through memory instead of bigint arithmetic.

/** One 64-bit cell, signed. */
export const SIGNED = new BigInt64Array(1);
/** The same cell, unsigned. */
export const UNSIGNED = new BigUint64Array(SIGNED.buffer);
/** The same cell as halves: `WORDS[LOW]` and `WORDS[HIGH]`. */
export const WORDS = new Uint32Array(SIGNED.buffer);

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
/** Index of the low half. */
export const LOW = littleEndian ? 0 : 1;
/** Index of the high half. */
export const HIGH = littleEndian ? 1 : 0;

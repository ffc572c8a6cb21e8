// Messages as they are kept: packed, because what they say of volumes and system calls repeats itself. Ten become one or two.
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { LIMITS } from "../limits.js";

/** Little effort: most of what there is to gain comes first. */
const LEVEL = 1;

/** Packs an encoded message, into bytes of its own. */
export function pack(message: Uint8Array): Uint8Array {
  return Uint8Array.from(deflateRawSync(message, { level: LEVEL }));
}

/** The encoded message. Throws for what was not packed, or is larger than any message. */
export function unpack(packed: Uint8Array): Uint8Array {
  return inflateRawSync(packed, { maxOutputLength: LIMITS.common.maxRecordBytes });
}

// Any JSON, read without loss: configuration and the like that has no shape of ours.
import type { JsonValue } from "./number.js";
import { type JsonOptions, parseJson } from "./parse.js";
import { ANY } from "./shape.js";

/**
 * Reads one JSON document of any form. Numbers that `number` holds as they were written are numbers, other integers are
 * bigint, the rest is `RawNumber`; key order is kept. Throws OciError with line and column.
 */
export function parseAnyJson(input: string | Uint8Array, options: JsonOptions = {}): JsonValue {
  return parseJson(input, ANY, options);
}

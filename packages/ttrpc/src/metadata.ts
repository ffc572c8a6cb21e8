// Metadata of a request: lower-case keys, each with values in order.

import { TtrpcError } from "./errors.js";
import { encodeField, encodeText, type WireReader } from "./wire.js";

/** Metadata of a request. Keys are lower-case; the values of a key keep the order in which they were sent. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** Metadata as a caller gives it: a map, or pairs. Keys are lower-cased, values of repeated keys are joined in order. */
export type MetadataInit = Iterable<readonly [key: string, value: string | readonly string[]]>;

/** No metadata. */
export const NO_METADATA: Metadata = new Map();

/** Collects entries: keys are lower-cased, repeated keys keep all values in order. */
export function metadata(init: MetadataInit): Map<string, string[]> {
  const collected = new Map<string, string[]>();
  for (const [key, value] of init) {
    const values = typeof value === "string" ? [value] : value;
    const name = key.toLowerCase();
    const known = collected.get(name);
    if (known === undefined) collected.set(name, [...values]);
    else known.push(...values);
  }
  return collected;
}

/** The entries as `KeyValue` fields with the given number. Refuses more than `maxEntries` (code `invalid-argument`). */
export function encodeMetadata(field: number, init: MetadataInit, maxEntries: number): Uint8Array[] {
  const fields: Uint8Array[] = [];
  for (const [key, values] of metadata(init)) {
    for (const value of values) {
      if (fields.length === maxEntries) {
        throw new TtrpcError("invalid-argument", `request has more than ${maxEntries} metadata entries`);
      }
      fields.push(encodeField(field, keyValue(key, value)));
    }
  }
  return fields;
}

function keyValue(key: string, value: string): Uint8Array {
  const name = key === "" ? new Uint8Array(0) : encodeField(1, encodeText(key));
  const content = value === "" ? new Uint8Array(0) : encodeField(2, encodeText(value));
  const bytes = new Uint8Array(name.length + content.length);
  bytes.set(name);
  bytes.set(content, name.length);
  return bytes;
}

/** Reads one `KeyValue` into `collected`. */
export function readKeyValue(reader: WireReader, collected: Map<string, string[]>): void {
  let key = "";
  let value = "";
  while (reader.more()) {
    const tag = reader.tag();
    if (tag === 10) key = reader.text();
    else if (tag === 18) value = reader.text();
    else reader.skip(tag);
  }
  key = key.toLowerCase();
  const known = collected.get(key);
  if (known === undefined) collected.set(key, [value]);
  else known.push(value);
}

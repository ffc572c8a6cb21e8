// Ids, uids, times and addresses derived from what they belong to: the same input gives the same output.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** 64 hex digits, as engines name pods and containers. */
export function stableId(...parts: readonly string[]): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(parts))));
}

/** A UUID (version 4 form) made of the parts' digest. */
export function stableUid(...parts: readonly string[]): string {
  const hex = stableId("uid", ...parts);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}

/** `length` characters of the alphabet that Kubernetes makes generated names of (no vowels, no confusable digits). */
export function stableSuffix(length: number, ...parts: readonly string[]): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  const hex = stableId("suffix", ...parts);
  let out = "";
  for (let index = 0; index < length; index += 1) {
    out += alphabet.charAt(Number.parseInt(hex.slice(index * 4, index * 4 + 4), 16) % alphabet.length);
  }
  return out;
}

/** A number from 0 to `below` - 1. */
export function stableNumber(below: number, ...parts: readonly string[]): number {
  return Number.parseInt(stableId("number", ...parts).slice(0, 12), 16) % below;
}

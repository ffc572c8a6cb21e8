// From what a plugin printed to its result, or the reference's text of why it is none. Spec: v010 2, 4.
import { quote, setOwn, type WireMap } from "@nri/protocol";
import { LegacyError } from "./errors.js";
import { goSyntaxError } from "./go-json.js";
import type { LegacyResult } from "./types.js";

/** How much of a wrong output an error quotes; quoted it can be four times as long, and must fit in an answer of NRI. */
const MAX_QUOTED_BYTES = 64 * 1024;

/** The result in `output`. Throws `bad-output` with the text that the reference has for it. `exitCode` is -1 after a signal. */
export function parseResult(output: Uint8Array, exitCode: number): LegacyResult {
  try {
    const syntax = goSyntaxError(Buffer.from(output).toString("latin1"));
    if (syntax !== undefined) throw new TypeError(syntax);
    return readResult(JSON.parse(new TextDecoder("utf-8", { ignoreBOM: true }).decode(output)));
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const shown = output.length === 0 ? "<empty>" : quoteBytes(output);
    const exit = exitCode === 0 ? "" : ` exit code: ${exitCode}`;
    const message = `failed to unmarshal plugin output output: ${shown}${exit}: ${cause.message}`;
    throw new LegacyError("bad-output", message, { cause });
  }
}

/** Unknown members are passed over, names count in any case, null stands for nothing. */
function readResult(value: unknown): LegacyResult {
  const result = { plugin: "", version: "", error: "", metadata: {} as WireMap<string> };
  if (value === null) return result;
  if (typeof value !== "object" || Array.isArray(value)) throw mismatch(value, "value of type v1.Result");
  for (const [key, item] of Object.entries(value)) {
    const name = key.toLowerCase();
    if (item === null) continue;
    if (name === "plugin" || name === "version" || name === "error") {
      if (typeof item !== "string") throw mismatch(item, `struct field Result.${name} of type string`);
      result[name] = wellFormed(item);
    } else if (name === "metadata") addMetadata(result.metadata, item);
  }
  return result;
}

function addMetadata(metadata: WireMap<string>, value: object): void {
  if (typeof value !== "object" || Array.isArray(value))
    throw mismatch(value, "struct field Result.metadata of type map[string]string");
  for (const [key, item] of Object.entries(value)) {
    if (item !== null && typeof item !== "string") throw mismatch(item, "struct field Result.metadata of type string");
    setOwn(metadata, wellFormed(key), wellFormed(item ?? ""));
  }
}

/** Halves of pairs (`\ud800`) can be written in JSON, but in no message; they become U+FFFD, as in Go. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function mismatch(value: unknown, target: string): TypeError {
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  return new TypeError(`json: cannot unmarshal ${kind} into Go ${target}`);
}

/** Bytes as Go's %q prints them: those that are no UTF-8 as \xNN. */
function quoteBytes(bytes: Uint8Array): string {
  if (bytes.length > MAX_QUOTED_BYTES) return `${quoteBytes(bytes.subarray(0, MAX_QUOTED_BYTES))}...`;
  const text = Buffer.from(bytes).toString("utf8");
  if (!text.includes("\ufffd")) return quote(text);
  let inner = "";
  for (let at = 0; at < bytes.length; ) {
    const char = charAt(bytes, at);
    inner += char === undefined ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}` : quote(char).slice(1, -1);
    at += char === undefined ? 1 : Buffer.byteLength(char);
  }
  return `"${inner}"`;
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The character whose bytes begin at `at`, or undefined. */
function charAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at] ?? 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    return STRICT.decode(bytes.subarray(at, at + length));
  } catch {
    return undefined; // not UTF-8, or cut off
  }
}

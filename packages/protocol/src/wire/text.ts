// UTF-8 to strings and back. Node's Buffer does it without a call per byte; elsewhere TextDecoder and TextEncoder do.

/** Native helpers of Node's Buffer; they work on any Uint8Array. */
interface NativeText {
  utf8Slice?(this: Uint8Array, start: number, end: number): string;
  utf8Write?(this: Uint8Array, text: string, offset: number): number;
}

/** Up to here room for the most that a text can take is cheaper than counting what it does take. */
const COUNTED = 64 * 1024;

interface NativeBuffer {
  readonly prototype: NativeText;
  byteLength(text: string): number;
}

const native = (globalThis as { Buffer?: NativeBuffer }).Buffer;
const { utf8Slice, utf8Write } = native?.prototype ?? {};
const byteLength = native?.byteLength;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Up to here a loop over the characters is faster than a native call. */
const SHORT = 6;

/** The string in `bytes` from `start` to `end`; undefined if it is not UTF-8. */
export function sliceText(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end - start <= SHORT) {
    let text = "";
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte > 127) return sliceLong(bytes, start, end);
      text += String.fromCharCode(byte);
    }
    return text;
  }
  return sliceLong(bytes, start, end);
}

function sliceLong(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (utf8Slice !== undefined) {
    const text = utf8Slice.call(bytes, start, end);
    // The native call puts U+FFFD where bytes are wrong. One that was sent as such is told apart below.
    if (!text.includes("\ufffd")) return text;
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}

/** Room that `writeText` needs: of short texts the most they can take, of long ones, where it would be megabytes, just enough. */
export function textRoom(text: string): number {
  const most = text.length * 3;
  return most <= COUNTED || byteLength === undefined ? most : byteLength(text);
}

/** Writes `text` at `offset`; returns the bytes written. There must be `textRoom`. Lone surrogates become U+FFFD. */
export function writeText(bytes: Uint8Array, text: string, offset: number): number {
  if (utf8Write !== undefined) return utf8Write.call(bytes, text, offset);
  return encoder.encodeInto(text, bytes.subarray(offset)).written;
}

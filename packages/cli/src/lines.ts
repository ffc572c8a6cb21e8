// A stream of bytes as lines, one at a time.
import type { Readable } from "node:stream";
import { InputError } from "./host.js";
import { LIMITS } from "./limits.js";

/** The lines of `stream` without their ends, until its end or until `signal` is aborted. Throws InputError for one too long. */
export async function* lines(stream: Readable, signal?: AbortSignal): AsyncGenerator<string> {
  const end = (): void => void stream.destroy();
  signal?.addEventListener("abort", end, { once: true });
  const decoder = new TextDecoder("utf-8");
  /** Parts of a line that is not complete. */
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  try {
    for await (const chunk of stream) {
      const [first = "", ...rest] = decoder.decode(chunk as Uint8Array, { stream: true }).split("\n");
      parts.push(first);
      length += first.length;
      if (length > LIMITS.stepCharacters)
        throw new InputError(`<stdin>:${number}: more than ${LIMITS.stepCharacters} characters`);
      for (const next of rest) {
        yield parts.join("");
        number++;
        parts = [next];
        length = next.length;
      }
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    return;
  } finally {
    signal?.removeEventListener("abort", end);
  }
  if (length > 0) yield parts.join("");
}

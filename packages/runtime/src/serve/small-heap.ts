// How much memory a daemon keeps that is there for weeks, and does little.
import { setFlagsFromString } from "node:v8";

/**
 * Keeps the part of the heap small in which objects begin: V8 lets it grow to three times 16 MiB after a busy minute, and hardly
 * ever gives that back. Objects of one call are gone before the next: they fit. To be called before there is much.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--max-semi-space-size=2");
  setFlagsFromString("--semi-space-growth-factor=1");
}

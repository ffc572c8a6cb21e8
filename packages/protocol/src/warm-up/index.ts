/**
 * What the warm-ups of both ends of NRI have in common: made-up messages, and work in slices.
 *
 * @packageDocumentation
 */

export { compileSooner } from "./compile-sooner.js";
export { SAMPLE_CONTAINER, SAMPLE_POD } from "./sample.js";
export { runInSlices, type WarmUp } from "./slices.js";

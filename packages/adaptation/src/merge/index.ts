/**
 * Joining what plugins answer: one collector for each request that may be answered with changes. Pure, needs nothing of
 * Node, never changes what it is given.
 *
 * @packageDocumentation
 */
export { AdaptationError } from "../errors.js";
export {
  type CreateCollector,
  createCollector,
  type ResultCollector,
  stopCollector,
  updateCollector,
} from "./collector.js";
export type { CollectorOptions, Compat } from "./compat.js";
export { ConflictError } from "./conflict-error.js";

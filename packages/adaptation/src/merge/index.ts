// The chapter: one collector for each request that plugins may answer with changes.
export {
  type CreateCollector,
  createCollector,
  type ResultCollector,
  stopCollector,
  updateCollector,
} from "./collector.js";
export type { CollectorOptions, Compat } from "./compat.js";
export { ConflictError } from "./conflict-error.js";

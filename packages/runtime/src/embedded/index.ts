/**
 * Containers on runc or crun without an engine: what `nri run` is made of, and the domain of runtimes that are called by hand.
 *
 * @packageDocumentation
 */
export { createEmbeddedEngine, type EmbeddedEngineOptions } from "./engine.js";
export { type OpenImage, openImage } from "./image/image.js";
export { findMachine, type Machine } from "./machine.js";
export type { Monitor } from "./monitor.js";
export { Runner, type RunnerOptions, type RunningPod } from "./runner.js";

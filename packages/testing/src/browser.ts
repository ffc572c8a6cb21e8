/**
 * The part of this package that also runs in a web page: pods and containers from manifests, OCI specs or by builder, and the
 * one player that takes them through their life.
 *
 * @packageDocumentation
 */
export { type ContainerFields, type ManifestValue, PodBuilder, pod } from "./builder.js";
export { type InputPosition, TestingError, type TestingErrorCode } from "./errors.js";
export { type Data, type DocumentSource, Located } from "./input/located.js";
export { readDocuments } from "./input/read.js";
export { requestToPod } from "./input/request-to-pod.js";
export { specToPod } from "./input/spec-to-pod.js";
export { LIMITS } from "./limits.js";
export { type ImageConfig, type ImageReference, type KnownImages, resolveImage } from "./manifest/image.js";
export { type ManifestOptions, type ManifestPods, manifestToPods } from "./manifest/manifest.js";
export { NODE } from "./manifest/node.js";
export { parseQuantity } from "./manifest/quantity.js";
export { resourcesUpdate } from "./manifest/resources.js";
export type { ContainerPlan, ContainerRole, PodPlan } from "./plan.js";
export { type Change, type ChangingStep, changesOf } from "./player/changes.js";
export type { ContainerExit, PodEngine } from "./player/engine.js";
export { LIFE, type LifeAnswer, type LifeEvent, lifeRank, parseLifeEvent, type Runtime } from "./player/life.js";
export { LiveContainer, type Phase } from "./player/live-container.js";
export { type AppliedUpdate, SimulatedNode } from "./player/node.js";
export { type PlayOptions, type PlayRange, playPod } from "./player/play.js";
export { notPlayed, type PlayedContainer, type PlayedPod, type PlayProblem } from "./player/played.js";
export type { LifeOptions } from "./player/pod-life.js";
export { Recorder, type RecorderEvents, type SeenRequest, type Step } from "./player/recorder.js";

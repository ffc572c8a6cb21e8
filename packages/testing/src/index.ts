/**
 * A node without an engine: {@link fakeNode} with real plugins for unit tests, pods and containers from manifests, OCI
 * specs or by builder, and the one player that takes them through their life.
 *
 * @packageDocumentation
 */
export * from "./browser.js";
export { assertAdjustment, assertRefused, assertUnchanged, assertUpdates } from "./fake-node/assert.js";
export { assertSnapshot, type SnapshotSource } from "./fake-node/assert-snapshot.js";
export type { ContainerPhase, FakeContainer } from "./fake-node/fake-container.js";
export { type FakeNode, fakeNode, type PlaySettings } from "./fake-node/fake-node.js";
export type { FakePlugin } from "./fake-node/fake-plugin.js";
export type { FakePod, PodPhase } from "./fake-node/fake-pod.js";
export type {
  FakeNodeOptions,
  InProcessPlugin,
  PluginInput,
  PluginSettings,
  ProgramPlugin,
} from "./fake-node/options.js";
export type { Outcome, PluginChange, PluginProblem } from "./fake-node/outcome.js";
export type { PodInput } from "./fake-node/pods.js";
export type { ResourceQuantities, ResourcesInput } from "./fake-node/resources.js";
export type { UnsolicitedUpdate } from "./fake-node/unsolicited.js";

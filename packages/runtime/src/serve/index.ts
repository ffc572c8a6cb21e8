/**
 * The daemon behind `nri serve`: the parts of the bridge put together by a configuration, with reload and control socket,
 * and what `nri info` tells of it.
 *
 * @packageDocumentation
 */
export type { EngineState } from "../common/bridge.js";
export type { ContainerEntry, PodEntry } from "../common/listed-things.js";
export type { Kind } from "../config/kinds.js";
export type { Config } from "../config/read.js";
export { SETTINGS, type Setting, type Settings } from "../config/settings.js";
export type { TomlNode, TomlScalar, TomlTable } from "../config/toml.js";
export type { NriInfo, NriOpts, Reload } from "../docker/moby/index.js";
export type { DockerProfile, DockerProfileGiven } from "../docker/moby-profile/profile.js";
export type { AskedPlugin, EventFacts, EventKind, JournalEvent } from "../journal/event.js";
export type { PluginEntry } from "../journal/plugin-book.js";
export { askControl, askControlText, followControl } from "./ask-control.js";
export { createDaemon, type Daemon, type DaemonOptions } from "./daemon.js";
export { configuredInfo, type Info, type InfoDomain, type InfoPaths } from "./info.js";
export { type DaemonLog, daemonLog } from "./log.js";
export type { LookedAtContainer } from "./look.js";
export type { Parts } from "./parts.js";
export { PARTS } from "./real-parts.js";
export { keepHeapSmall } from "./small-heap.js";

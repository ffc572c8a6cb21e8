/**
 * NRI adjustments and updates applied to OCI runtime specs, without loss: `parseSpec` reads a `config.json` with all its
 * digits and unknown keys, `applyAdjustment` and `applyUpdate` change a copy of it as plugins asked, `printSpec` writes it,
 * and `containerFromSpec` says what plugins are told about it. Nothing here needs Node.js; what reads the node's files (CDI
 * devices, block I/O and RDT classes, the mount table) is in `@nri/oci/node`.
 *
 * @packageDocumentation
 */
export { type Applied, applyAdjustment, applyUpdate } from "./apply/apply.js";
export type { ApplyOptions } from "./apply/options.js";
export { containerFromSpec, linuxResourcesFromSpec } from "./convert/from-spec.js";
export { linuxResourcesToSpec } from "./convert/resources.js";
export { OciError, type OciErrorCode } from "./errors.js";
export { parseAnyJson } from "./json/any.js";
export { isJsonObject, type JsonValue, RawNumber } from "./json/number.js";
export type { JsonOptions, ParseOptions } from "./json/parse.js";
export { type PrintOptions, printJson } from "./json/print.js";
export { DEFAULT_JSON_LIMITS, type JsonLimits } from "./limits.js";
export { parseLinuxResources, parseSpec, printSpec } from "./spec/spec.js";
export type {
  Box,
  CPUAffinity,
  Hook,
  Hooks,
  Linux,
  LinuxBlockIO,
  LinuxCapabilities,
  LinuxCPU,
  LinuxDevice,
  LinuxDeviceCgroup,
  LinuxHugepageLimit,
  LinuxIDMapping,
  LinuxIntelRdt,
  LinuxInterfacePriority,
  LinuxIOPriority,
  LinuxMemory,
  LinuxMemoryPolicy,
  LinuxNamespace,
  LinuxNetDevice,
  LinuxNetwork,
  LinuxPersonality,
  LinuxPids,
  LinuxRdma,
  LinuxResources,
  LinuxSeccomp,
  LinuxSeccompArg,
  LinuxSyscall,
  LinuxThrottleDevice,
  LinuxTimeOffset,
  LinuxWeightDevice,
  Mount,
  POSIXRlimit,
  Process,
  Root,
  Scheduler,
  Spec,
  User,
} from "./spec/types.js";

/**
 * What `@nri/oci` needs of the machine it runs on: CDI devices from the standard folders, block I/O and RDT classes from
 * the configuration files that containerd and CRI-O take, and the mount table. Each is a callback for `applyAdjustment`.
 *
 * @packageDocumentation
 */
export type { BlockDevice } from "../classes/blockio.js";
export type { HostDevice, HostDeviceLookup } from "../host-device.js";
export { type CdiOptions, cdiDevices, cdiInjector, DEFAULT_CDI_DIRS } from "./cdi.js";
export {
  type BlockioOptions,
  blockioClassResolver,
  DEFAULT_RESCTRL_DIR,
  type RdtOptions,
  rdtClassResolver,
} from "./classes.js";
export { readMountInfo } from "./mountinfo.js";

/**
 * NRI exactly as Docker has it, for an engine in Node.js that is like Docker: `nri-opts`, one event, environment and mounts, everything
 * else refused with Docker's words. What else runtimes of this kind need, `refuseUnsupported`, is for all fields of NRI.
 *
 * @packageDocumentation
 */
export { type Accepted, type DockerMount, REFUSED, refuseUnsupported } from "./accept.js";
export { checkMounts, type MountPlaces } from "./check-mounts.js";
export { type DockerContainer, stateOf } from "./container.js";
export {
  type CreateOptions,
  createDockerNri,
  type DockerNri,
  type DockerNriOptions,
  type NriInfo,
  type Reload,
} from "./docker-nri.js";
export type { Whose } from "./folders.js";
export {
  formatNriOpts,
  NO_NRI_OPTS,
  type NriOpts,
  nriOptsOf,
  nriOptsOfDocument,
  parseNriOpts,
  parseNriOptsFlag,
} from "./nri-opts.js";

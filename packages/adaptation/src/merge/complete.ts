// Filling in what a request leaves out, as the reference does: plugins can see it. The original is not touched.
import {
  type Container,
  ContainerAdjustment,
  type ContainerUpdate,
  type Hooks,
  type Init,
  type LinuxResources,
} from "@nri/protocol";

const NO_HOOKS = (): Hooks => ({
  prestart: [],
  createRuntime: [],
  createContainer: [],
  startContainer: [],
  poststart: [],
  poststop: [],
});

/** Resources with memory and cpu; the given object itself when both are there. */
export function completeResources(given: Init<LinuxResources> | undefined): Init<LinuxResources> {
  if (given?.memory !== undefined && given.cpu !== undefined) return given;
  const empty = { hugepageLimits: [], unified: {}, devices: [] };
  return { ...empty, ...given, memory: given?.memory ?? {}, cpu: given?.cpu ?? { cpus: "", mems: "" } };
}

/** A container with hooks, linux and its resources; the given object itself when all are there. */
export function completeContainer(given: Init<Container> | undefined): Init<Container> {
  const resources = completeResources(given?.linux?.resources);
  if (given?.hooks !== undefined && given.linux?.resources === resources) return given;
  const linux = {
    cgroupsPath: "",
    namespaces: [],
    devices: [],
    sysctl: {},
    netDevices: {},
    ...given?.linux,
    resources,
  };
  return { ...given, hooks: given?.hooks ?? NO_HOOKS(), linux };
}

/** What is collected before any plugin has answered. */
export function emptyAdjustment(): ContainerAdjustment {
  return ContainerAdjustment.create({ hooks: {}, linux: { resources: { memory: {}, cpu: {} } } });
}

/** The merged update of a container nobody has mentioned before. */
export function emptyUpdate(
  containerId: string,
  ignoreFailure: boolean,
  resources: Init<LinuxResources> | undefined,
): Init<ContainerUpdate> {
  return { containerId, ignoreFailure, linux: { resources: completeResources(resources) } };
}

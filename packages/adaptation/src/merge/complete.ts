// Filling in what a request leaves out, as the reference does: plugins can see it. The original is not touched.
import {
  type Container,
  ContainerAdjustment,
  type ContainerUpdate,
  type Init,
  type LinuxResources,
} from "@nri/protocol";

/** Resources with memory and cpu; the given object itself when both are there. */
export function completeResources(given: Init<LinuxResources> | undefined): Init<LinuxResources> {
  if (given?.memory !== undefined && given.cpu !== undefined) return given;
  return { ...given, memory: given?.memory ?? {}, cpu: given?.cpu ?? {} };
}

/** A container with hooks, linux and its resources; the given object itself when all are there. */
export function completeContainer(given: Init<Container> | undefined): Init<Container> {
  const resources = completeResources(given?.linux?.resources);
  if (given?.hooks !== undefined && given.linux?.resources === resources) return given;
  return { ...given, hooks: given?.hooks ?? {}, linux: { ...given?.linux, resources } };
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

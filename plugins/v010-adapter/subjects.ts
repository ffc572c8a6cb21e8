// From NRI's pods and containers to what v0.1.0 plugins were told of them. Spec: v010 7.
import type { Sandbox, Task } from "@nri/legacy";
import { linuxResourcesToSpec, type LinuxResources as OciResources, type Spec } from "@nri/oci";
import type { Container, LinuxContainer, LinuxPodSandbox, LinuxResources, PodSandbox } from "@nri/protocol";

/** The pod, or the container, as a task with the parts of its OCI spec that NRI tells. */
export function taskOf({ id, pid, annotations, linux }: PodSandbox | Container): Task {
  return { id, pid, spec: { ociVersion: "", annotations, linux: linuxOf(linux) } };
}

/** The pod, as containers of it are told. */
export function sandboxOf({ id, labels }: PodSandbox): Sandbox {
  return { id, labels };
}

function linuxOf(linux: LinuxPodSandbox | LinuxContainer | undefined): Spec["linux"] {
  return {
    namespaces: linux?.namespaces.map(({ type, path }) => ({ type, path })),
    resources: linux?.resources && resourcesOf(linux.resources),
    cgroupsPath: linux?.cgroupsPath,
  };
}

/** A pids limit below 0 is told as it is: the Go adapter is built on NRI v0.10.0, which has a place for it. */
function resourcesOf(resources: LinuxResources): OciResources {
  const { pids } = resources;
  return { ...linuxResourcesToSpec(resources), ...(pids && { pids: { limit: pids.limit } }) };
}

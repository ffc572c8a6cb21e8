// A CreateContainerRequest as some runtime sent it, to a pod with one container that can be played.

import { applyAdjustment, linuxResourcesToSpec, type Spec } from "@nri/oci";
import { Container, ContainerState, type CreateContainerRequest, PodSandbox } from "@nri/protocol";
import { TestingError } from "../errors.js";
import { stableId } from "../identity.js";
import { NODE } from "../manifest/node.js";
import type { PodPlan } from "../plan.js";

/**
 * The pod and container of a request. The OCI spec is made of what the request tells: plugins see a container, an adjustment
 * needs a spec. What NRI has no room for (capabilities, masked paths, working folder) is not in it. Ids that are
 * missing are derived from the names. Throws `TestingError` code "invalid-input" without a container.
 */
export function requestToPod(request: CreateContainerRequest, file: string): PodPlan {
  const { container: given } = request;
  if (given === undefined) {
    throw new TestingError("invalid-input", "the request has no container", { position: { file, line: 1 } });
  }
  const container = Container.create(given);
  const pod = PodSandbox.create(request.pod ?? {});
  if (pod.id === "")
    pod.id = container.podSandboxId === "" ? stableId("pod", pod.namespace, pod.name) : container.podSandboxId;
  if (container.id === "") container.id = stableId("container", pod.id, container.name);
  if (container.podSandboxId === "") container.podSandboxId = pod.id;
  container.state = ContainerState.CONTAINER_UNKNOWN;
  const createdAt = container.createdAt === 0n ? NODE.epoch : container.createdAt;
  const pid = container.pid === 0 ? NODE.firstPid + 1 : container.pid;
  const plan = { role: "container", container, spec: specOf(container), pid, createdAt, notes: [] } as const;
  return { pod, spec: { ociVersion: "1.2.1" }, containers: [plan], notes: [] };
}

/** The part of an OCI spec that NRI's `Container` knows. */
function specOf(container: Container): Spec {
  const { linux, user } = container;
  const base: Spec = {
    ociVersion: "1.2.1",
    process: {
      ...(user === undefined
        ? {}
        : { user: { uid: user.uid, gid: user.gid, additionalGids: [...user.additionalGids] } }),
      args: [...container.args],
      env: [...container.env],
      cwd: "/",
      rlimits: container.rlimits.map(({ type, hard, soft }) => ({ type, hard, soft })),
    },
    root: { path: "rootfs" },
    mounts: container.mounts.map(({ destination, type, source, options }) => ({
      destination,
      type,
      source,
      options: [...options],
    })),
    annotations: { ...container.annotations },
    linux: {
      devices: (linux?.devices ?? []).map(({ path, type, major, minor, fileMode, uid, gid }) => ({
        path,
        type,
        major,
        minor,
        ...(fileMode === undefined ? {} : { fileMode: fileMode.value }),
        ...(uid === undefined ? {} : { uid: uid.value }),
        ...(gid === undefined ? {} : { gid: gid.value }),
      })),
      resources: linux?.resources === undefined ? {} : linuxResourcesToSpec(linux.resources),
    },
  };
  // These are spelled in an adjustment as in a container, so one place knows how each is written in a spec.
  return applyAdjustment(base, {
    hooks: container.hooks,
    linux: {
      cgroupsPath: linux?.cgroupsPath,
      oomScoreAdj: linux?.oomScoreAdj,
      ioPriority: linux?.ioPriority,
      seccompPolicy: linux?.seccompPolicy,
      namespaces: linux?.namespaces,
      sysctl: linux?.sysctl,
      netDevices: linux?.netDevices,
      scheduler: linux?.scheduler,
      rdt: linux?.rdt,
    },
  }).spec;
}

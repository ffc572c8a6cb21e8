// A container or pod of podman as plugins know it, from whatever tells of it.
import { posix } from "node:path";
import { linuxResourcesFromSpec, type Spec } from "@nri/oci";
import { type Container, copyMap, type Init, type PodSandbox } from "@nri/protocol";
import type { Conmon } from "./conmon.js";
import type { ContainerFacts } from "./facts.js";
import type { StoredContainer } from "./storage.js";

/** What is known of a container; everything but its id and spec may be missing. */
export interface Sources {
  readonly id: string;
  readonly spec: Spec;
  /** From podman itself. */
  readonly facts?: ContainerFacts | undefined;
  readonly stored?: StoredContainer | undefined;
  readonly conmon?: Conmon | undefined;
}

/** Its name; empty when nobody knows it. conmon has that of now: `podman rename` changes it between two lives. */
export function nameOf({ facts, stored, conmon }: Omit<Sources, "spec" | "id">): string {
  return conmon?.name || facts?.name || stored?.name || "";
}

/** A container, beyond its spec. */
export function podmanContainer(sources: Sources, podSandboxId: string): Init<Container> {
  const { id, facts } = sources;
  const image = imageOf(sources);
  const known: Init<Container> = { id, podSandboxId, name: nameOf(sources) || id, labels: copyMap(facts?.labels) };
  return image === undefined ? known : { ...known, image };
}

/** The pod that is made up for it: plugins that go by a pod's labels and annotations find those of the container. */
export function ownPod(sources: Sources, pid: number): Init<PodSandbox> {
  const { id, spec, facts } = sources;
  return {
    id,
    name: nameOf(sources) || id,
    labels: copyMap(facts?.labels),
    annotations: copyMap(spec.annotations ?? undefined),
    pid,
    linux: {},
  };
}

/**
 * The pod of an infra container, which has the labels of the pod, and the pod's name as its host name unless it was given one. podman's
 * pods have no annotations: labels stand for them.
 */
export function podmanPod(sources: Sources, podId: string, podName: string | undefined, pid: number): Init<PodSandbox> {
  const { id, spec, facts } = sources;
  const { linux, annotations, hostname } = spec;
  return {
    id,
    name: podName || hostname || podId || id,
    uid: podId,
    labels: copyMap(facts?.labels),
    annotations: { ...copyMap(facts?.labels), ...copyMap(annotations ?? undefined) },
    pid,
    linux: {
      cgroupParent: cgroupParent(linux?.cgroupsPath ?? ""),
      cgroupsPath: linux?.cgroupsPath ?? "",
      namespaces: (linux?.namespaces ?? []).map(({ type, path }) => ({ type, path: path ?? "" })),
      resources: linux?.resources ? linuxResourcesFromSpec(linux.resources) : undefined,
    },
  };
}

/** `SLICE:libpod:ID` with systemd, a path without. */
function cgroupParent(path: string): string {
  if (path === "") return "";
  return path.includes(":") ? (path.split(":")[0] ?? "") : posix.dirname(path);
}

function imageOf({ facts, stored }: Sources): Container["image"] | undefined {
  const name = stored?.imageName || facts?.image || "";
  const { imageId = "", imageDigest = "" } = stored ?? {};
  if (name === "" && imageId === "") return undefined;
  return { name, digest: imageDigest, configDigest: imageId === "" ? "" : `sha256:${imageId}` };
}

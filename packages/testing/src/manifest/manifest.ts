// Manifests to pods: documents in; pods, containers and OCI specs out. Nothing is read, asked or started.

import { containerFromSpec } from "@nri/oci";
import { setOwn } from "@nri/protocol";
import { type Located, quote } from "../input/located.js";
import { LIMITS } from "../limits.js";
import type { ContainerPlan, ContainerRole, PodPlan } from "../plan.js";
import { buildContainer, type FoundContainer } from "./container.js";
import type { KnownImages } from "./image.js";
import { NODE } from "./node.js";
import { type FoundPod, findPods } from "./objects.js";
import { cgroupParent, podContext } from "./pod-context.js";
import { podQuantities, qosClass, readQuantities } from "./resources.js";
import { sandbox } from "./sandbox.js";

/** What became of a manifest. */
export interface ManifestPods {
  /** In the order of the documents. */
  readonly pods: readonly PodPlan[];
  /** Objects in it that are valid and hold no pod, as `Kind name`. */
  readonly skipped: readonly string[];
}

/** How a manifest is read. */
export interface ManifestOptions {
  /** Name for errors about the input as a whole. */
  readonly file?: string | undefined;
  /** Process id of the first pod; later pods and containers get the ones after it. Default 2001. */
  readonly firstPid?: number | undefined;
  /** How many pods of each name there were; share one map between inputs, so that pods of one name stay apart. */
  readonly names?: Map<string, number> | undefined;
  /** Images that are known: their commands, variables and users are then those of the containers. Default: none. */
  readonly images?: KnownImages | undefined;
}

/**
 * The pods of a manifest's documents, in their order, with containers in the order in which they are created. One pod is
 * made for each workload. Throws `TestingError` code "invalid-input" for an unknown kind, a field of the wrong type, a
 * quantity that is none, a mount of a volume that is not there, and an input without a pod.
 */
export function manifestToPods(documents: readonly Located[], options: ManifestOptions = {}): ManifestPods {
  const found = findPods(documents, options.file ?? documents[0]?.file ?? "manifest");
  const seen = options.names ?? new Map<string, number>();
  let pid = options.firstPid ?? NODE.firstPid;
  const pods = found.pods.map((pod) => {
    const key = JSON.stringify([pod.namespace, pod.name]);
    const occurrence = seen.get(key) ?? 0;
    seen.set(key, occurrence + 1);
    const plan = onePod(pod, occurrence, pid, found.runtimeHandlers, options.images ?? (() => undefined));
    pid += plan.containers.length + 1;
    return plan;
  });
  return { pods, skipped: found.skipped };
}

function onePod(
  found: FoundPod,
  occurrence: number,
  pid: number,
  handlers: ReadonlyMap<string, string>,
  images: KnownImages,
): PodPlan {
  const context = podContext(found, occurrence, pid);
  const containers = findContainers(found);
  const qos = qosClass(containers.filter(({ role }) => role !== "ephemeral").map(({ quantities }) => quantities));
  const parent = cgroupParent(context.uid, qos);
  const runtimeClass = found.spec.get("runtimeClassName").optionalString() ?? "";
  const handler = handlers.get(runtimeClass) ?? runtimeClass;
  const notes = [...found.notes];
  if (runtimeClass !== "" && !handlers.has(runtimeClass)) {
    notes.push(
      `runtimeClassName ${runtimeClass}: its RuntimeClass is not in the input; the handler is taken to be of that name`,
    );
  }
  const { pod, spec } = sandbox(context, parent, podQuantities(containers), handler);
  const plans = containers.map((each, index): ContainerPlan => {
    const built = buildContainer(context, each, qos, parent, images);
    const annotations: { [key: string]: string } = {};
    for (const [key, value] of Object.entries(built.spec.annotations ?? {})) setOwn(annotations, key, value);
    for (const [key, value] of Object.entries(built.annotations)) setOwn(annotations, key, value);
    const container = containerFromSpec(built.spec, {
      id: built.id,
      podSandboxId: context.id,
      name: each.name,
      labels: built.labels,
      annotations,
      image: built.image,
      linux: { seccompProfile: built.seccomp },
    });
    return {
      role: each.role,
      container,
      spec: built.spec,
      pid: pid + 1 + index,
      createdAt: context.createdAt + BigInt(index + 1) * 1_000_000_000n,
      notes: built.notes,
    };
  });
  return { pod, spec, containers: plans, notes };
}

/** The containers of a pod in the order of their creation: init and sidecars as listed, ordinary ones, ephemeral ones. */
function findContainers(found: FoundPod): FoundContainer[] {
  const lists: readonly (readonly [key: string, role: ContainerRole])[] = [
    ["initContainers", "init"],
    ["containers", "container"],
    ["ephemeralContainers", "ephemeral"],
  ];
  const names = new Set<string>();
  const containers = lists.flatMap(([key, role]) =>
    found.spec
      .get(key)
      .list()
      .map((place): FoundContainer => {
        const name = place.get("name").string();
        if (names.has(name)) place.get("name").fail(`${quote(name)} is the name of two containers`);
        names.add(name);
        const always = place.get("restartPolicy").optionalString() === "Always";
        const actual = role === "init" && always ? "sidecar" : role;
        return { role: actual, name, place, quantities: readQuantities(place.get("resources")) };
      }),
  );
  if (!containers.some(({ role }) => role === "container")) {
    found.spec.get("containers").fail(found.spec.get("containers").exists ? "must not be empty" : "is missing");
  }
  if (containers.length > LIMITS.containersPerPod) {
    found.spec.get("containers").fail(`are more than ${LIMITS.containersPerPod}`);
  }
  return containers;
}

// What can be said of a container by its OCI spec alone (spec: oci-annotations 8): names by annotations of those who write some.
import { join } from "node:path";
import { containerFromSpec, parseSpec, type Spec } from "@nri/oci";
import { type Container, ContainerState, type Init, PodSandbox } from "@nri/protocol";
import { specToPod } from "@nri/testing";
import type { Described } from "../domain.js";
import { LIMITS } from "../limits.js";
import type { RuntimeState } from "../oci/real-runtime.js";
import { readBounded } from "../read-bounded.js";

/** A new container of this spec, with a pod made up for it. */
export function describeBySpec(spec: Spec, id: string): Described {
  const { pod, known } = bySpec(spec, id);
  return { kind: "container", known, pod, ownPod: true };
}

function bySpec(spec: Spec, id: string): { pod: PodSandbox; known: Init<Container> } {
  const { pod: found, containers } = specToPod(spec, id);
  const told = containers[0]?.container;
  const { name, namespace, uid, annotations } = found;
  const pod = PodSandbox.create({ id, name, namespace, uid, annotations });
  return { pod, known: { id, podSandboxId: id, name: told?.name ?? id, image: told?.image } };
}

const STATE = {
  creating: ContainerState.CONTAINER_UNKNOWN,
  created: ContainerState.CONTAINER_CREATED,
  running: ContainerState.CONTAINER_RUNNING,
  paused: ContainerState.CONTAINER_PAUSED,
  stopped: ContainerState.CONTAINER_STOPPED,
} as const satisfies { readonly [Status in RuntimeState["status"]]: number };

/** A container that the runtime has, with what its bundle says now. */
export async function existing(state: RuntimeState): Promise<{ pod: PodSandbox; container: Container }> {
  const { pod, known, spec } = await readBundle(state);
  const container = containerFromSpec(spec, { ...known, state: STATE[state.status], pid: state.pid });
  return { pod, container };
}

const NO_SPEC: Spec = { ociVersion: "1.2.1" };

/** A bundle may be gone, or hold something else by now: then there is the id alone. */
async function readBundle({ id, bundle }: RuntimeState) {
  let spec = NO_SPEC;
  try {
    if (bundle !== "") spec = parseSpec(await readBounded(join(bundle, "config.json"), LIMITS.lease.maxSpecBytes));
  } catch {
    spec = NO_SPEC;
  }
  return { spec, ...bySpec(spec, id) };
}

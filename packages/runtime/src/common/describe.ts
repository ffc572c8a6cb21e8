// What a new container is: its bundle's spec, and what its engine knows beyond it.
import { containerFromSpec, OciError, parseSpec, type Spec } from "@nri/oci";
import { type Container, ContainerState, copyMap, type Init, PodSandbox, setOwn } from "@nri/protocol";
import type { Described, Domain } from "../domain.js";
import type { RuntimeCall } from "../runtime-call.js";
import type { Common } from "./common.js";

/** The spec in a bundle; undefined when it is none: what is wrong with it is for the real runtime to say. */
export function specOf(payload: Uint8Array): Spec | undefined {
  try {
    return parseSpec(payload, { name: "config.json" });
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

/** A container that is to be created. */
export interface NewContainer {
  readonly spec: Spec;
  readonly known: Init<Container>;
  /** As plugins are asked: nothing of it exists (spec: containerd 5.4). */
  readonly asked: Container;
  readonly pod: PodSandbox | undefined;
  readonly ownPod: boolean;
}

/** Asks the domain. */
export async function describe(
  { step }: Common,
  domain: Domain,
  call: RuntimeCall,
  spec: Spec,
  signal: AbortSignal,
): Promise<{ readonly kind: "pod"; readonly pod: PodSandbox } | ({ readonly kind: "container" } & NewContainer)> {
  const described: Described = await step("describe", () => domain.describe(call, spec, signal));
  if (described.kind === "pod") return { kind: "pod", pod: PodSandbox.create({ ...described.pod, id: call.id }) };
  const { ownPod } = described;
  const pod = ownPod ? PodSandbox.create(described.pod ?? { id: call.id }) : described.pod;
  const podSandboxId = pod?.id ?? described.known.podSandboxId ?? "";
  const known = { ...described.known, id: call.id, podSandboxId };
  const state = ContainerState.CONTAINER_UNKNOWN;
  const nothing = { state, pid: 0, createdAt: 0n, startedAt: 0n, finishedAt: 0n, exitCode: 0 };
  return { kind: "container", spec, known, asked: containerFromSpec(spec, { ...known, ...nothing }), pod, ownPod };
}

/** The container as it is when its adjusted spec is used. Annotations that only the engine has stay on top of the spec's. */
export function adjustedContainer({ spec: original, known }: NewContainer, spec: Spec): Container {
  if (known.annotations === undefined) return containerFromSpec(spec, known);
  const annotations = copyMap(spec.annotations ?? {});
  for (const [key, value] of Object.entries(known.annotations)) {
    const inSpec = original.annotations ?? {};
    if (value !== undefined && (!Object.hasOwn(inSpec, key) || inSpec[key] !== value)) setOwn(annotations, key, value);
  }
  return containerFromSpec(spec, { ...known, annotations });
}

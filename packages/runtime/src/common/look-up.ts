// What an engine is asked about things that are not known here, or not for sure.
import { type Container, ContainerState, PodSandbox } from "@nri/protocol";
import type { Domain, DomainState, EngineContainer, Exit } from "../domain.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import type { Common } from "./common.js";
import { type ContainerLife, type ContainerRecord, containerRecord, podRecord } from "./record.js";

/** Where a container is in its life, by what its engine says; undefined when that cannot be known. */
export function lifeOf({ state }: Container): ContainerLife | undefined {
  switch (state) {
    case ContainerState.CONTAINER_CREATED:
      return "created";
    case ContainerState.CONTAINER_RUNNING:
    case ContainerState.CONTAINER_PAUSED:
      return "running";
    case ContainerState.CONTAINER_STOPPED:
      return "stopped";
    default:
      return undefined;
  }
}

/** Whether a container is among those that exist and have not ended. */
export function isAlive(state: DomainState, id: string): boolean {
  const found = state.containers.find(({ container }) => container.id === id);
  return found !== undefined && lifeOf(found.container) !== "stopped";
}

/** How a container has ended, by what its engine says. */
export function exitOf({ exitCode, finishedAt }: Container): Exit {
  return { code: exitCode, at: finishedAt === 0n ? nowNs() : finishedAt };
}

/** The record of a container that nobody was told of: as its engine has it, unadjusted. */
export function adopted(domain: string, { container, podId }: EngineContainer, { pods }: DomainState): ContainerRecord {
  const own =
    podId === container.id ? (pods.find(({ id }) => id === podId) ?? PodSandbox.create({ id: podId })) : undefined;
  return containerRecord(domain, { ...container, podSandboxId: podId }, lifeOf(container) ?? "created", own);
}

/** Everything in a domain; undefined, with a line in the log, when it cannot be asked. */
export async function listed({ step, log }: Common, domain: Domain): Promise<DomainState | undefined> {
  try {
    const signal = AbortSignal.timeout(LIMITS.common.listMs);
    return await step("list", () => domain.list(signal));
  } catch (error) {
    log.warn(`${domain.name}: it cannot be asked what exists: ${errorText(error)}`, { domain: domain.name });
    return undefined;
  }
}

/**
 * Takes in what is called for and not known here: a container or a pod that came to be while nobody was told. False when its
 * engine does not know it either.
 */
export async function adopt(common: Common, domain: Domain, id: string): Promise<boolean> {
  const state = await listed(common, domain);
  const container = state?.containers.find((each) => each.container.id === id);
  const pod = state?.pods.find((each) => each.id === id);
  if (state === undefined || (container === undefined && pod === undefined)) return false;
  const record =
    container === undefined
      ? podRecord(domain.name, pod ?? PodSandbox.create({ id }), "remembered")
      : adopted(domain.name, container, state);
  await common.step("saveAdopted", () => common.known.add(record));
  return true;
}

/** Makes the pod of a new container known, of which plugins have not been told: `pod`, or what its engine says. */
export async function findPod(common: Common, domain: Domain, id: string, pod: PodSandbox | undefined): Promise<void> {
  const { known, step, log } = common;
  if (known.get(domain.name, id) !== undefined) return;
  const found = pod ?? (await listed(common, domain))?.pods.find((each) => each.id === id);
  if (found === undefined) log.warn(`${domain.name}: nobody knows pod ${id}; plugins are told its id only`);
  const record = podRecord(domain.name, found ?? PodSandbox.create({ id }), "remembered");
  await step("saveFoundPod", () => known.add(record));
}

/** The init process of a container or sandbox; 0 when nobody knows it. */
export async function pidOf({ step, log }: Common, domain: Domain, id: string): Promise<number> {
  try {
    const signal = AbortSignal.timeout(LIMITS.common.askPidMs);
    return await step("pid", () => domain.pid(id, signal));
  } catch (error) {
    log.debug(`${domain.name}/${id}: its process is not known: ${errorText(error)}`);
    return 0;
  }
}

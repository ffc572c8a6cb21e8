// Pods that their engine knows as such: remembered when their sandbox is created, told to plugins when it starts.
import { type Init, type LinuxResources, PodSandbox } from "@nri/protocol";
import type { Domain } from "../domain.js";
import type { Lease } from "../lease.js";
import { proceed, refuse } from "./answer.js";
import type { Common } from "./common.js";
import type { NewContainer } from "./describe.js";
import { endOwnPod, removePod } from "./ended.js";
import { findPod, listed, pidOf } from "./look-up.js";
import { encodePod, type PodRecord, podMessage, podRecord } from "./record.js";

/** `create` of a sandbox: no event, and nothing is adjusted. */
export async function createSandbox(common: Common, domain: Domain, lease: Lease, pod: PodSandbox): Promise<void> {
  const { known, step } = common;
  const record = podRecord(domain.name, pod, "remembered");
  try {
    await step("savePod", () => known.add(record));
  } catch (error) {
    return refuse(common, lease, "RunPodSandbox", record, error);
  }
  const result = await (await proceed(common, lease)).result;
  // Lost with its wrapper: should it exist after all, it is found when it starts.
  if (result?.code !== 0) await removePod(common, record);
  else record.pid = result.pid;
}

/** `start` of a sandbox: RunPodSandbox, before anything runs in it. */
export async function startSandbox(common: Common, domain: Domain, lease: Lease, record: PodRecord): Promise<void> {
  using _block = await common.plugins.blockSync(`start of pod ${domain.name}/${record.id}`);
  // Plugins that joined meanwhile were told of it already.
  if (record.state !== "running") {
    try {
      await runPod(common, domain, record, lease.signal);
    } catch (error) {
      await removePod(common, record);
      return refuse(common, lease, "RunPodSandbox", record, error);
    }
  }
  const result = await (await proceed(common, lease)).result;
  if (result === undefined ? await isGone(common, domain, record) : result.code !== 0) await removePod(common, record);
}

/** The pod of a new container, which runs: plugins are told of it first when they were not. Rejects when they refuse it. */
export async function runningPod(
  common: Common,
  domain: Domain,
  { asked, pod, ownPod }: NewContainer,
  signal: AbortSignal,
): Promise<Init<PodSandbox>> {
  const { known, plugins } = common;
  if (ownPod) {
    const own = PodSandbox.create(pod ?? { id: asked.podSandboxId });
    try {
      await plugins.runPodSandbox(domain.name, own, signal);
    } catch (error) {
      await endOwnPod(common, domain.name, own);
      throw error;
    }
    return own;
  }
  await findPod(common, domain, asked.podSandboxId, pod);
  const record = known.pod(domain.name, asked.podSandboxId);
  if (record === undefined) throw new Error(`its pod ${asked.podSandboxId} is a container`);
  // Its engine knows more of it by now; unless it could not be asked, and all is from the container's spec.
  if (pod !== undefined && pod.pid !== 0) record.message = encodePod(pod);
  if (record.state === "remembered") {
    try {
      await runPod(common, domain, record, signal);
    } catch (error) {
      await removePod(common, record);
      throw error;
    }
  }
  return podMessage(record);
}

/** What a pod is to get (spec: containerd 5.2). */
export interface PodUpdate {
  /** What the pod itself takes, beside its containers. */
  readonly overhead?: Init<LinuxResources> | undefined;
  /** What its containers may take together. */
  readonly resources?: Init<LinuxResources> | undefined;
}

/** UpdatePodSandbox, the work of the engine, PostUpdatePodSandbox. Rejects when plugins refuse, or the work fails. */
export async function updatePod(
  { plugins, known, step }: Common,
  record: PodRecord,
  { overhead, resources }: PodUpdate,
  work: () => Promise<void>,
): Promise<void> {
  await plugins.updatePodSandbox(record.domain, podMessage(record), overhead, resources);
  await step("updatePod", work);
  if (known.get(record.domain, record.id) === record)
    await plugins.postUpdatePodSandbox(record.domain, podMessage(record));
}

async function runPod(common: Common, domain: Domain, record: PodRecord, signal: AbortSignal): Promise<void> {
  const { known, plugins, step } = common;
  if (record.pid === 0) record.pid = await pidOf(common, domain, record.id);
  record.state = "running"; // also when it is refused: its end is told then (spec: containerd 3.2)
  await plugins.runPodSandbox(record.domain, podMessage(record), signal);
  await step("saveRunningPod", () => known.save(record));
}

/** Whether a sandbox is not there whose wrapper is gone. Of an engine that cannot be asked it is not known. */
async function isGone(common: Common, domain: Domain, { id }: PodRecord): Promise<boolean> {
  const state = await listed(common, domain);
  return state !== undefined && !state.pods.some((pod) => pod.id === id);
}

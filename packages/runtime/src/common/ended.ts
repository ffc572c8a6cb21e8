// A container or a pod's sandbox has ended, or is gone: plugins are told what they must be, each once (spec: containerd 3.2).
import { type Container, ContainerState, type Init, PodSandbox } from "@nri/protocol";
import type { Exit } from "../domain.js";
import { nowNs } from "../now.js";
import type { Common } from "./common.js";
import { keyOf } from "./key-queue.js";
import {
  type ContainerRecord,
  containerMessage,
  needsRemoval,
  needsStopping,
  type PodRecord,
  podMessage,
} from "./record.js";

/** What is told of an end that nobody saw: the code that containerd has for it. */
const UNKNOWN_EXIT = 255;

/** It has ended by itself, or was killed. */
export async function exited(common: Common, domain: string, id: string, exit: Exit): Promise<void> {
  const record = common.known.get(domain, id);
  if (record === undefined || !needsStopping(record)) return;
  // The end of an earlier life of the same id, told late.
  if (exit.pid !== undefined && record.pid !== 0 && exit.pid !== record.pid) return;
  if (record.kind === "pod") await containersOver(common, record);
  if (record.kind === "container") await stopContainer(common, record, exit);
  else await stopPod(common, record);
}

/** It exists no more. */
export async function removed(common: Common, domain: string, id: string): Promise<void> {
  const record = common.known.get(domain, id);
  if (record === undefined) return;
  if (record.kind === "pod") await containersOver(common, record);
  using _block = await common.plugins.blockSync(`removal of ${domain}/${id}`);
  if (record.kind === "container") await removeContainer(common, record);
  else await removePod(common, record);
}

/** What has happened to the containers of a pod before is told before the pod's end. */
async function containersOver({ known, queue }: Common, { domain, id }: PodRecord): Promise<void> {
  const inPod = known.all(domain).filter((record) => record.kind === "container" && record.podId === id);
  await Promise.all(inPod.map((record) => queue.over(keyOf(domain, record.id))));
}

/** StopContainer, when it is due. `exit` is undefined for one that never ran, or whose start failed: it keeps its state. */
export async function stopContainer(common: Common, record: ContainerRecord, exit: Exit | undefined): Promise<void> {
  const { known, plugins, changes, step } = common;
  if (!needsStopping(record)) return;
  const before = containerMessage(record);
  record.state = "stopped";
  if (exit !== undefined) {
    record.exitCode = exit.code;
    record.finishedAt = exit.at;
  }
  await step("saveStopped", () => known.save(record));
  const container = exit === undefined ? before : containerMessage(record);
  const updates = await plugins.stopContainer(record.domain, known.podOf(record), container);
  await changes.applyAnswer({ update: updates }, record.domain);
}

async function removeContainer(common: Common, record: ContainerRecord): Promise<void> {
  const { known, plugins, step } = common;
  if (needsRemoval(record)) {
    const never = record.state !== "running";
    await stopContainer(common, record, never ? undefined : { code: UNKNOWN_EXIT, at: nowNs() });
    const pod = known.podOf(record);
    await plugins.removeContainer(record.domain, pod, containerMessage(record));
    if (record.ownPod !== undefined) await endOwnPod(common, record.domain, pod);
  }
  common.journal.removed(record.domain, record.id, record.name);
  await step("dropContainer", () => known.drop(record));
}

/**
 * What was asked for did not come to be: plugins that saw it being created see its end, as it was asked for (spec: containerd
 * 5.1), and its record goes, should there be one already.
 */
export async function undoCreate(
  common: Common,
  domain: string,
  pod: Init<PodSandbox>,
  asked: Container,
  ownPod: boolean,
): Promise<void> {
  const { plugins, changes, known, step } = common;
  const container = { ...asked, state: ContainerState.CONTAINER_UNKNOWN };
  const updates = await plugins.stopContainer(domain, pod, container);
  await changes.applyAnswer({ update: updates }, domain);
  await plugins.removeContainer(domain, pod, container);
  if (ownPod) await endOwnPod(common, domain, pod);
  await step("dropUndone", () => known.drop({ kind: "container", domain, id: asked.id }));
}

/** StopPodSandbox and RemovePodSandbox of a pod that is refused, or ends with its container. */
export async function endOwnPod({ plugins }: Common, domain: string, pod: Init<PodSandbox>): Promise<void> {
  const ended = endedPod(PodSandbox.create(pod), "removed");
  await plugins.stopPodSandbox(domain, ended);
  await plugins.removePodSandbox(domain, ended);
}

async function stopPod(common: Common, record: PodRecord): Promise<void> {
  const { known, plugins, step } = common;
  record.state = "stopped";
  record.pid = 0;
  await step("saveStoppedPod", () => known.save(record));
  await plugins.stopPodSandbox(record.domain, endedPod(podMessage(record), "stopped"));
}

/** The pod is gone, or did not come to be. */
export async function removePod(common: Common, record: PodRecord): Promise<void> {
  const { known, plugins, step } = common;
  if (needsRemoval(record)) {
    if (needsStopping(record)) await stopPod(common, record);
    await plugins.removePodSandbox(record.domain, endedPod(podMessage(record), "removed"));
  }
  await step("dropPod", () => known.drop(record));
}

/** The pod without its process, and in the end without its network namespace (spec: containerd 5.2). */
function endedPod(pod: PodSandbox, phase: "stopped" | "removed"): PodSandbox {
  pod.pid = 0;
  if (phase === "removed" && pod.linux !== undefined) {
    pod.linux.namespaces = pod.linux.namespaces.filter(({ type }) => type !== "network");
  }
  return pod;
}

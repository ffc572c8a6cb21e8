// `create`: a container that its engine asks the real runtime for, adjusted on the way (spec: containerd 5.1).
//
//   wrapper            here                      plugins             engine
//   create, spec  -->  what is it?  ------------------------------>  describe
//                      (RunPodSandbox, for a pod made up for it) -> CreateContainer -> adjusted, written down
//                 <--  the adjusted spec
//   real runtime ...
//   code, pid     -->  PostCreateContainer, or undone: StopContainer, RemoveContainer
import { setTimeout } from "node:timers/promises";
import { applyAdjustment, printSpec } from "@nri/oci";
import { type Container, type Init, PodSandbox } from "@nri/protocol";
import type { Domain } from "../domain.js";
import { errorText } from "../error-text.js";
import type { Lease } from "../lease.js";
import { LIMITS } from "../limits.js";
import { nowNs } from "../now.js";
import { pass, proceed, refuse } from "./answer.js";
import type { Common } from "./common.js";
import { adjustedContainer, describe, type NewContainer, specOf } from "./describe.js";
import { exited, removed, undoCreate } from "./ended.js";
import { aboutContainer } from "./log-about.js";
import { exitOf, isAlive, listed, pidOf } from "./look-up.js";
import { createSandbox, runningPod } from "./pods.js";
import { type ContainerRecord, containerMessage, containerRecord } from "./record.js";

/** A container that plugins have agreed to. */
export interface Agreed {
  readonly record: ContainerRecord;
  readonly pod: Init<PodSandbox>;
  /** As plugins were asked. */
  readonly asked: Container;
  readonly ownPod: boolean;
  /** The new `config.json`; undefined when nobody changed anything. */
  readonly payload: Uint8Array | undefined;
}

/** Handles the call, in the turn of its container. */
export async function create(common: Common, domain: Domain, lease: Lease): Promise<void> {
  const what = await whatIsCreated(common, domain, lease);
  if (what?.kind === "pod") return createSandbox(common, domain, lease, what.pod);
  if (what === undefined) return;
  using _block = await common.plugins.blockSync(`creation of ${domain.name}/${lease.call.id}`);
  const agreed = await agree(common, domain, lease, what);
  if (agreed === undefined) return;
  const { record } = agreed;
  const told = await proceed(common, lease, agreed.payload);
  common.journal.answered(domain.name, record.id);
  const result = await told.result;
  const isThere = result === undefined ? await existsAfterAll(common, domain, record) : result.code === 0;
  if (isThere === undefined) return; // nobody can be asked: what became of it is seen when the engine is back
  if (!isThere) return failed(common, agreed, result?.code);
  await created(common, domain, record, result?.pid ?? 0);
}

/**
 * What the call is for; undefined when it is answered already. What had the same id before is over; where it is not, the call is a
 * mistake, of which the real runtime has the reason.
 */
export async function whatIsCreated(common: Common, domain: Domain, lease: Lease) {
  const { call, payload, signal } = lease;
  const spec = specOf(payload);
  if (spec === undefined) return void (await pass(common, lease));
  try {
    if (await isThere(common, domain, call.id)) return void (await pass(common, lease));
    const what = await describe(common, domain, call, spec, signal);
    await removed(common, domain.name, call.id);
    return what;
  } catch (error) {
    return void (await refuse(common, lease, "CreateContainer", { domain: domain.name, id: call.id, name: "" }, error));
  }
}

/** Whether something of this id is known, and its engine says that it is alive. */
async function isThere(common: Common, domain: Domain, id: string): Promise<boolean> {
  const record = common.known.get(domain.name, id);
  if (record === undefined || record.state === "stopped") return false;
  const state = await listed(common, domain);
  if (state === undefined) return false;
  if (record.kind === "pod") return state.pods.some((pod) => pod.id === id && pod.pid !== 0);
  if (isAlive(state, id)) return true;
  // Its engine may know how it has ended, while the event of that is still on its way.
  const ended = state.containers.find(({ container }) => container.id === id);
  if (ended !== undefined) await exited(common, domain.name, id, exitOf(ended.container));
  return false;
}

/** Asks the plugins, and writes down what comes of it; undefined when the container is refused, and that is undone. */
export async function agree(
  common: Common,
  domain: Domain,
  lease: Lease,
  what: NewContainer,
): Promise<Agreed | undefined> {
  const { known, plugins, changes, journal, step, log } = common;
  const { asked, ownPod } = what;
  const subject = { domain: domain.name, id: asked.id, name: asked.name };
  journal.creating(subject, asked.podSandboxId, lease.payload);
  let pod: Init<PodSandbox> | undefined;
  let event = "RunPodSandbox";
  try {
    pod = await runningPod(common, domain, what, lease.signal);
    event = "CreateContainer";
    const answer = await plugins.createContainer(domain.name, pod, asked, lease.signal);
    const { spec, ignored } = applyAdjustment(what.spec, answer.adjust, common.apply);
    if (ignored.length > 0)
      log.warn(`NRI CreateContainer of ${asked.id}: nothing applies ${ignored.join(", ")} here`, {
        ...aboutContainer(subject),
        request: "CreateContainer",
      });
    const text = printSpec(spec);
    const payload = text === printSpec(what.spec) ? undefined : Buffer.from(text);
    journal.agreed(domain.name, asked.id, answer, payload, ignored);
    const container = adjustedContainer(what, spec);
    const record = containerRecord(domain.name, container, "creating", ownPod ? PodSandbox.create(pod) : undefined);
    await step("saveCreating", () => known.add(record));
    await changes.applyAnswer(answer, domain.name);
    return { record, pod, asked, ownPod, payload };
  } catch (error) {
    const by = journal.wishes(domain.name, asked.id);
    if (by !== "")
      log.warn(`${domain.name}/${asked.id} was adjusted by ${by}: ${errorText(error)}`, {
        ...aboutContainer(subject),
        request: "CreateContainer",
      });
    journal.notCreated(domain.name, asked.id, "refused", errorText(error));
    if (pod !== undefined) await undoCreate(common, domain.name, pod, asked, ownPod);
    await refuse(common, lease, event, subject, error);
    return undefined;
  }
}

/** The real runtime has created it. */
export async function created(common: Common, domain: Domain, record: ContainerRecord, pid: number): Promise<void> {
  const { known, plugins, step, journal } = common;
  journal.created(record.domain, record.id);
  record.state = "created";
  record.pid = pid === 0 ? await pidOf(common, domain, record.id) : pid;
  if (record.createdAt === 0n) record.createdAt = nowNs();
  await step("saveCreated", () => known.save(record));
  await plugins.postCreateContainer(record.domain, known.podOf(record), containerMessage(record));
}

/** The real runtime did not create it: its user reads why, and the log has who changed what it was given. */
export async function failed(common: Common, agreed: Agreed, code: number | undefined): Promise<void> {
  const { domain, id } = agreed.record;
  const by = common.journal.wishes(domain, id);
  const why = code === undefined ? "its wrapper is lost" : `the OCI runtime ended with ${code}`;
  const wishes = by === "" ? "" : `; it was adjusted by ${by}`;
  common.log.warn(`${domain}/${id} was not created: ${why}${wishes}`, aboutContainer(agreed.record));
  await undo(common, agreed, why);
}

/** It did not come to be. */
export async function undo(common: Common, { record, pod, asked, ownPod }: Agreed, why: string): Promise<void> {
  common.journal.notCreated(record.domain, record.id, "failed", why);
  await undoCreate(common, record.domain, pod, asked, ownPod);
}

/**
 * Whether a container is there whose wrapper is gone: the real runtime may have gone on without it. Undefined when its engine
 * cannot be asked.
 */
export async function existsAfterAll(
  common: Common,
  domain: Domain,
  { id }: ContainerRecord,
): Promise<boolean | undefined> {
  for (const waitMs of [0, LIMITS.common.secondLookMs]) {
    if (waitMs > 0) await setTimeout(waitMs, undefined, { ref: false });
    const state = common.ending.aborted ? undefined : await listed(common, domain);
    if (state === undefined) return undefined;
    if (isAlive(state, id)) return true;
  }
  return false;
}

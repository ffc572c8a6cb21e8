// `start`: what was created begins to run (spec: containerd 5.1).
import type { Domain } from "../domain.js";
import type { Lease } from "../lease.js";
import { nowNs } from "../now.js";
import { pass, proceed, refuse } from "./answer.js";
import type { Common } from "./common.js";
import { created } from "./create.js";
import { stopContainer } from "./ended.js";
import { aboutContainer } from "./log-about.js";
import { adopt, lifeOf, listed, pidOf } from "./look-up.js";
import { startSandbox } from "./pods.js";
import { type ContainerRecord, containerMessage, isComing } from "./record.js";

/** Handles the call, in the turn of its container or pod. */
export async function start(common: Common, domain: Domain, lease: Lease): Promise<void> {
  const { known, log } = common;
  const { id } = lease.call;
  if (known.get(domain.name, id) === undefined && !(await adopt(common, domain, id))) {
    log.warn(
      `start of ${domain.name}/${id}: neither its engine nor a record knows it; it starts unseen`,
      aboutContainer({ domain: domain.name, id }),
    );
    return pass(common, lease);
  }
  const record = known.get(domain.name, id);
  if (record?.kind === "pod") return startSandbox(common, domain, lease, record);
  if (record !== undefined) await startContainer(common, domain, lease, record);
}

async function startContainer(common: Common, domain: Domain, lease: Lease, record: ContainerRecord): Promise<void> {
  using _block = await common.plugins.blockSync(`start of ${domain.name}/${record.id}`);
  // It can start, so it was created, while no daemon was there to hear of it.
  if (isComing(record)) await created(common, domain, record, 0);
  if (record.pid === 0) record.pid = await pidOf(common, domain, record.id);
  try {
    await askToStart(common, record, lease.signal);
  } catch (error) {
    await notStarted(common, record);
    return refuse(common, lease, "StartContainer", record, error);
  }
  const result = await (await proceed(common, lease)).result;
  const runs = result === undefined ? await runsAfterAll(common, domain, record) : result.code === 0;
  if (runs) await started(common, record);
  else await notStarted(common, record);
}

/** StartContainer. From then on it counts as running, whatever plugins say (spec: containerd 3.2). */
export async function askToStart(
  { plugins, known }: Common,
  record: ContainerRecord,
  signal: AbortSignal,
): Promise<void> {
  record.state = "created";
  const container = containerMessage(record);
  record.state = "running";
  await plugins.startContainer(record.domain, known.podOf(record), container, signal);
}

/** The real runtime has started it. */
export async function started(common: Common, record: ContainerRecord): Promise<void> {
  const { known, plugins, step } = common;
  record.startedAt = nowNs();
  await step("saveStarted", () => known.save(record));
  await plugins.postStartContainer(record.domain, known.podOf(record), containerMessage(record));
}

/** It was refused, or the real runtime failed: it ends as it was created. */
async function notStarted(common: Common, record: ContainerRecord): Promise<void> {
  record.state = "created";
  await stopContainer(common, record, undefined);
}

/** Whether it runs although its wrapper is gone. When nobody can be asked it does: what is wrong is seen later. */
async function runsAfterAll(common: Common, domain: Domain, { id }: ContainerRecord): Promise<boolean> {
  if (common.ending.aborted) return true;
  const found = (await listed(common, domain))?.containers.find(({ container }) => container.id === id);
  return found === undefined || lifeOf(found.container) !== "created";
}

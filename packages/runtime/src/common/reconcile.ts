// What is known against what engines say exists: at the start, and after events may have been missed.
import type { Container, PodSandbox } from "@nri/protocol";
import type { Domain, DomainState, EngineContainer } from "../domain.js";
import { nowNs } from "../now.js";
import type { Common } from "./common.js";
import { created } from "./create.js";
import { exited, removed } from "./ended.js";
import { keyOf } from "./key-queue.js";
import { aboutContainer } from "./log-about.js";
import { adopted, exitOf, lifeOf, listed } from "./look-up.js";
import { type ContainerRecord, isComing, podRecord } from "./record.js";

/**
 * Compares one domain. What has ended meanwhile is told to plugins, once; what nobody was told of is taken in, unadjusted.
 * What changes while the engine is asked is left for the next time: true when something was.
 * `givesUp`: containers that the real runtime was asked for in an earlier life of the daemon, and that are not there, will not come.
 */
export async function reconcile(common: Common, domain: Domain, givesUp: boolean): Promise<boolean> {
  const { known, queue } = common;
  using watch = queue.watch();
  const state = await listed(common, domain);
  if (state === undefined) return false; // `lost` is told when the engine is back
  const containers = new Map(state.containers.map((each) => [each.container.id, each]));
  const own = new Set([...containers].filter(([id, { podId }]) => podId === id).map(([id]) => id));
  const pods = new Map(state.pods.filter(({ id }) => !own.has(id)).map((pod) => [pod.id, pod]));
  const ids = new Set([...known.all(domain.name).map(({ id }) => id), ...pods.keys(), ...containers.keys()]);
  let isLeft = false;
  for (const id of ids) {
    const key = keyOf(domain.name, id);
    if (watch.touched.has(key)) isLeft = true;
    else await queue.run(key, () => compare(common, domain, state, id, pods.get(id), containers.get(id), givesUp));
  }
  return isLeft;
}

async function compare(
  common: Common,
  domain: Domain,
  state: DomainState,
  id: string,
  pod: PodSandbox | undefined,
  found: EngineContainer | undefined,
  givesUp: boolean,
): Promise<void> {
  const record = common.known.get(domain.name, id);
  if (record === undefined) return takeIn(common, domain, state, pod, found);
  const container = found?.container;
  if (record.kind === "pod") {
    if (pod === undefined) await removed(common, domain.name, id);
    else if (pod.pid === 0 && record.pid !== 0) await exited(common, domain.name, id, { code: 0, at: nowNs() });
  } else if (isThere(record, container)) await catchUp(common, domain, record, container);
  else if (record.state !== "pending" || givesUp) await removed(common, domain.name, id);
}

/** Whether a container is there. One that is being created is not, as long as its engine says that it does not run. */
function isThere(record: ContainerRecord, container: Container | undefined): container is Container {
  return container !== undefined && !(isComing(record) && lifeOf(container) === "stopped");
}

/** Nobody was told of it. What has ended is of no interest any more. */
async function takeIn(
  { known, step, log }: Common,
  domain: Domain,
  state: DomainState,
  pod: PodSandbox | undefined,
  found: EngineContainer | undefined,
): Promise<void> {
  // What had ended, or never ran, is no news to come: plugins would hear of its removal alone.
  if (found !== undefined && lifeOf(found.container) === "stopped") return;
  const record =
    found !== undefined
      ? adopted(domain.name, found, state)
      : pod && podRecord(domain.name, pod, pod.pid === 0 ? "stopped" : "running");
  if (record === undefined) return;
  try {
    await step("saveTakenIn", () => known.add(record));
    log.info(`${record.kind} ${domain.name}/${record.id} was there before: taken in as it is`, aboutContainer(record));
  } catch (error) {
    log.warn(
      `${record.kind} ${domain.name}/${record.id} was there before, and is not taken in: ${error}`,
      aboutContainer(record),
    );
  }
}

/** What a container has become while nobody told. */
async function catchUp(common: Common, domain: Domain, record: ContainerRecord, container: Container): Promise<void> {
  const { known, step } = common;
  const life = lifeOf(container);
  if (isComing(record)) await created(common, domain, record, container.pid);
  if (life === "stopped") return exited(common, domain.name, record.id, exitOf(container));
  if (life !== "running" || record.state === "running") return;
  record.state = "running";
  record.pid = container.pid === 0 ? record.pid : container.pid;
  record.startedAt = container.startedAt === 0n ? nowNs() : container.startedAt;
  await step("saveCaughtUp", () => known.save(record));
}

// `update`: a container gets other resources (spec: containerd 5.1, 5.6).
import {
  linuxResourcesFromSpec,
  OciError,
  type LinuxResources as OciResources,
  parseLinuxResources,
  printJson,
} from "@nri/oci";
import { LinuxResources, type UpdateContainerResponse } from "@nri/protocol";
import type { Domain } from "../domain.js";
import type { Lease } from "../lease.js";
import { pass, proceed, refuse } from "./answer.js";
import type { Common } from "./common.js";
import { created } from "./create.js";
import { adopt } from "./look-up.js";
import { type ContainerRecord, containerMessage, isComing } from "./record.js";
import { changedResources, withResources } from "./resources.js";

/** The resources of the call; undefined when they are none: what is wrong with them is for the real runtime to say. */
export function resourcesOf(payload: Uint8Array): OciResources | undefined {
  try {
    return parseLinuxResources(payload) ?? undefined;
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

/** What is asked for by these resources. */
export function askedResources(domain: Domain, resources: OciResources): LinuxResources {
  const all = linuxResourcesFromSpec(resources);
  return domain.said?.(all) ?? all;
}

/** Handles the call, in the turn of its container. */
export async function update(common: Common, domain: Domain, lease: Lease, original: OciResources): Promise<void> {
  const { known } = common;
  const { id } = lease.call;
  if (known.get(domain.name, id) === undefined) await adopt(common, domain, id);
  const record = known.get(domain.name, id);
  // Pods are updated by their engine, which has other ways for it; what nobody knows is the real runtime's.
  if (record?.kind !== "container") return pass(common, lease);
  if (isComing(record)) await created(common, domain, record, 0);
  using _block = await common.plugins.blockSync(`update of ${domain.name}/${id}`);
  await updateContainer(common, domain, lease, record, original);
}

async function updateContainer(
  common: Common,
  domain: Domain,
  lease: Lease,
  record: ContainerRecord,
  original: OciResources,
): Promise<void> {
  const { known, plugins, changes, journal, step } = common;
  const asked = askedResources(domain, original);
  let payload: Uint8Array | undefined;
  let resources = asked;
  try {
    const answer = await plugins.updateContainer(
      record.domain,
      known.podOf(record),
      containerMessage(record),
      asked,
      lease.signal,
    );
    const { own, others } = partsOf(answer, record.id);
    await changes.applyAnswer({ update: others, evict: answer.evict }, record.domain);
    if (own !== undefined) {
      const changed = changedResources(original, asked, own, common.apply);
      resources = askedResources(domain, changed);
      payload = Buffer.from(printJson(changed));
    }
  } catch (error) {
    return refuse(common, lease, "UpdateContainer", record, error);
  }
  const result = await (await proceed(common, lease, payload)).result;
  const failure = result === undefined ? "its wrapper is lost" : `the OCI runtime ended with ${result.code}`;
  journal.engineUpdated(record.domain, record.id, result?.code === 0 ? undefined : failure);
  if (result?.code !== 0) return; // nothing has changed, as far as anybody knows
  record.message = withResources(record.message, LinuxResources.create(resources));
  await step("saveResources", () => known.save(record));
  await plugins.postUpdateContainer(record.domain, known.podOf(record), containerMessage(record));
}

/** The last element of the answer is the container's own; without one the request stands (spec: containerd 3.3). */
function partsOf({ update }: UpdateContainerResponse, id: string) {
  const last = update.at(-1);
  const own = last?.containerId === id ? last.linux?.resources : undefined;
  return { own, others: update.filter(({ containerId }) => containerId !== id && containerId !== "") };
}

// A call of the OCI runtime, from the wrapper to its flow.
import type { Domain } from "../domain.js";
import type { Lease } from "../lease.js";
import { pass, refuse } from "./answer.js";
import type { Common } from "./common.js";
import { create } from "./create.js";
import { keyOf } from "./key-queue.js";
import { aboutContainer } from "./log-about.js";
import { run } from "./run.js";
import { start } from "./start.js";
import { askedResources, resourcesOf, update } from "./update.js";

const EVENTS = {
  create: "CreateContainer",
  run: "CreateContainer",
  restore: "CreateContainer",
  start: "StartContainer",
  update: "UpdateContainer",
} as const;

/** Handles a call. What fails it, and was not thought of, is a refusal as well: nothing half-done runs. */
export async function handle(common: Common, lease: Lease): Promise<void> {
  const { call } = lease;
  let isAnswered = false;
  const watched: Lease = {
    call,
    payload: lease.payload,
    signal: lease.signal,
    answer: (answer) => {
      isAnswered = true;
      return lease.answer(answer);
    },
  };
  const { id, verb } = call;
  const subject = { domain: call.engine, id, name: "" };
  try {
    const domain = common.engines.map((engine) => engine.domainFor(call)).find((found) => found !== undefined);
    if (domain === undefined || domain.servesNri) return await pass(common, watched);
    subject.domain = domain.name;
    await inDomain(common, domain, watched);
  } catch (error) {
    const stack = error instanceof Error ? error.stack : undefined;
    common.log.error(`${verb} of ${subject.domain}/${id} failed: ${stack ?? error}`, aboutContainer(subject));
    if (!isAnswered) await refuse(common, watched, EVENTS[verb], subject, error);
  }
}

async function inDomain(common: Common, domain: Domain, lease: Lease): Promise<void> {
  const { queue, ownUpdates } = common;
  const { verb, id } = lease.call;
  const key = keyOf(domain.name, id);
  switch (verb) {
    case "create":
      return queue.run(key, () => create(common, domain, lease));
    case "run":
    case "restore":
      return queue.run(key, () => run(common, domain, lease));
    case "start":
      return queue.run(key, () => start(common, domain, lease));
    case "update": {
      const resources = resourcesOf(lease.payload);
      // An update of our own must not wait for its turn: who has it may be waiting for this update.
      const isOwn = resources !== undefined && ownUpdates.has(domain.name, id, askedResources(domain, resources));
      if (resources === undefined || isOwn) return pass(common, lease);
      return queue.run(key, () => update(common, domain, lease, resources));
    }
  }
}

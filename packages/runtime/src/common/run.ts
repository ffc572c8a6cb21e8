// `run` and `restore`: create and start in one. The real runtime may stay for as long as the container lives, so that its end is
// not waited for: the container runs as soon as its engine knows its process.
import { setTimeout } from "node:timers/promises";
import type { Domain } from "../domain.js";
import { errorText } from "../error-text.js";
import type { Lease, RuntimeResult } from "../lease.js";
import { LIMITS } from "../limits.js";
import { proceed, refuse } from "./answer.js";
import type { Common } from "./common.js";
import { agree, created, existsAfterAll, failed, undo, whatIsCreated } from "./create.js";
import { pidOf } from "./look-up.js";
import { createSandbox } from "./pods.js";
import type { ContainerRecord } from "./record.js";
import { askToStart, started } from "./start.js";

/** Handles the call, in the turn of its container. */
export async function run(common: Common, domain: Domain, lease: Lease): Promise<void> {
  const what = await whatIsCreated(common, domain, lease);
  if (what?.kind === "pod") return createSandbox(common, domain, lease, what.pod);
  if (what === undefined) return;
  using _block = await common.plugins.blockSync(`run of ${domain.name}/${lease.call.id}`);
  const agreed = await agree(common, domain, lease, what);
  if (agreed === undefined) return;
  const { record } = agreed;
  try {
    await askToStart(common, record, lease.signal);
  } catch (error) {
    await undo(common, agreed, errorText(error));
    return refuse(common, lease, "StartContainer", record, error);
  }
  const { result } = await proceed(common, lease, agreed.payload);
  common.journal.answered(domain.name, record.id);
  const first = await Promise.race([result, whenItRuns(common, domain, record, result)]);
  // In the foreground the code is the container's own: one that had a process did run.
  const runs = first === undefined ? await existsAfterAll(common, domain, record) : first.code === 0 || first.pid !== 0;
  if (runs === undefined) return;
  if (!runs) return failed(common, agreed, first?.code);
  await created(common, domain, record, first?.pid ?? 0);
  record.state = "running";
  await started(common, record);
}

/** Resolves when its engine knows its process; never when the real runtime has ended before. */
async function whenItRuns(
  common: Common,
  domain: Domain,
  record: ContainerRecord,
  result: Promise<RuntimeResult | undefined>,
): Promise<RuntimeResult> {
  let isOver = false;
  const over = (): void => {
    isOver = true;
  };
  result.then(over, over); // its failure is for who waits for it
  const { runLookMs, runLookTotalMs } = LIMITS.common;
  for (let passedMs = 0; !isOver && passedMs < runLookTotalMs; passedMs += runLookMs) {
    await setTimeout(runLookMs, undefined, { ref: false });
    const pid = isOver ? 0 : await pidOf(common, domain, record.id);
    if (pid !== 0) return { code: 0, pid };
  }
  return new Promise(() => undefined);
}

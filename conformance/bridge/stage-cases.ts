// The cases of containerd's and CRI-O's own NRI tests, behind the bridge.
import type { TestContext } from "node:test";
import { CASES } from "../containerd/cases.js";
import type { Stage } from "./stages.js";

/** As much of the daemon's log as tells what went wrong. */
const LOG_END = 3_000;

/** Runs them, as subtests of `t`; those about networks are about pods. */
export async function checkCasesOn(t: TestContext, stage: Stage, network: boolean): Promise<void> {
  for (const { title, run } of CASES.filter((one) => network || !one.network)) {
    await t.test(`${title}`, async (one) => {
      await run(stage, one).catch((error: unknown) => {
        one.diagnostic(stage.bridge.log().slice(-LOG_END));
        throw error;
      });
    });
  }
}

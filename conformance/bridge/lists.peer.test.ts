// The cases of containerd's and CRI-O's own NRI tests, behind the bridge.
import test from "node:test";
import { CASES } from "../containerd/cases.js";
import { containerdFiles } from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { STAGES, startStage } from "./stages.js";

/** As much of the daemon's log as tells what went wrong. */
const LOG_END = 3_000;

for (const kind of STAGES) {
  const files = await containerdFiles(kind.line);
  // the networking cases are about pods, which ctr has none of
  for (const network of kind.by === "cri" ? [false, true] : [false]) {
    const cases = CASES.filter((one) => (one.network ?? false) === network);
    const about = network ? "cases with networks" : "cases";

    test(`${kind.name}: ${about} of the engines' own tests`, { skip: skipUnless(files) }, async (suite) => {
      await using stage = await startStage(kind, use(files), { network });
      for (const { title, run } of cases) {
        await suite.test(`${title}`, async (t) => {
          await run(stage, t).catch((error: unknown) => {
            t.diagnostic(stage.bridge.log().slice(-LOG_END));
            throw error;
          });
        });
      }
    });
  }
}

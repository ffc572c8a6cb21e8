// Everything that must be so on every engine behind the bridge, on each of them: what plugins ask for and are told, the
// cases of the engines' own tests, several plugins at once, and what the table of capabilities says.
import test from "node:test";
import { connect } from "../containerd/cases.js";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { checkListGOn } from "./list-g.js";
import { checkCasesOn } from "./stage-cases.js";
import { checkFactsOn } from "./stage-facts.js";
import { checkPluginsOn } from "./stage-plugins.js";
import { checkTable } from "./stage-table.js";
import { STAGES, type Stage } from "./stages.js";

const go = await goPeers();

for (const kind of STAGES) {
  const files = await kind.files();

  test(`${kind.name}: cases, plugins, table and facts`, { skip: skipUnless(files, go) }, async (t) => {
    await using stage = await kind.start();
    t.diagnostic(stage.engine);
    await t.test("cases of the engines' own tests", (one) => checkCasesOn(one, stage, kind.pods));
    if (kind.newest) await t.test("what those tests lack", (one) => checkListGOn(one, stage));
    await nothingLeft(stage);
    await t.test("four plugins at once, and what the bridge has no part in", (one) =>
      checkPluginsOn(one, stage, use(go)),
    );
    await nothingLeft(stage);
    await t.test("plugins see what the table says", (one) =>
      checkTable(one, stage.domain, stage.bridge, (isTold) => stage.rich(isTold)),
    );
    // the last, as its containers stay
    await t.test("what plugins ask for is there", (one) => checkFactsOn(one, stage));
  });
}

/** The last ends of a check may be told late: they are none of the next one's. */
async function nothingLeft(stage: Stage): Promise<void> {
  await until("nothing is left", async () => {
    await using plugin = await connect(stage, "99");
    return plugin.pods.length === 0 && plugin.containers.length === 0;
  });
}

// Our plugins that read annotations and the Go plugins of the same names, asked about the same containers: the same adjustments, the
// same refusals. NRI_SAMPLES_COUNT and NRI_SAMPLES_SEED draw others, which needs the Go plugins (NRI_GO_PLUGINS) to compare with.
import assert from "node:assert/strict";
import test from "node:test";
import { isDeepStrictEqual } from "node:util";
import { Chance } from "../diff/chance.js";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { requestFor } from "./annotations.js";
import { endsTheGoPlugin, goOutcome, ourOutcome } from "./outcomes.js";
import { ours, play, theirs } from "./play.js";
import { drawnFrom, recordedOutcomes } from "./recorded-outcomes.js";

const go = await goPeers();
const { count, seed, kept } = drawnFrom({ count: 200, seed: 1 });

for (const [index, name] of ["device-injector", "ulimit-adjuster", "rdt"].entries()) {
  test(`${name} and the Go plugin give equal answers and errors for pods with annotations of all kinds`, {
    skip: skipUnless(go),
  }, async (t) => {
    const chance = new Chance(seed, index);
    const drawn = Array.from({ length: count }, () => requestFor(name, chance, {}));
    const inGo = await play("go", use(go), ours(name), drawn);
    // what ends the Go plugin is one of docs/deviations.md
    const requests = drawn.filter((_request, at) => !endsTheGoPlugin(inGo[at] ?? assert.fail()));
    const found = inGo.filter((answer) => !endsTheGoPlugin(answer));
    const program = theirs(name);
    const fresh = program && (await play("go", use(go), program, requests)).map((answer) => goOutcome(answer));
    const expected = recordedOutcomes(name, requests, fresh, kept);
    const different = requests.flatMap((request, at) => {
      const answer = found[at] ?? assert.fail();
      if (isDeepStrictEqual(ourOutcome(answer, request), expected[at])) return [];
      return [JSON.stringify({ request, answer, expected: expected[at] }, null, 1)];
    });
    // none among those that are recorded; of texts that chance has spoilt some are YAML for one library only
    const allowed = kept ? 0 : Math.ceil(count / 1000);
    assert.ok(different.length <= allowed, `${different.length} differences\n${different.slice(0, 5).join("\n")}`);
    const refused = expected.filter((outcome) => "refused" in outcome).length;
    t.diagnostic(
      `${requests.length} requests, ${refused} refused, ${drawn.length - requests.length} that end the Go plugin, ${different.length} different`,
    );
    assert.ok(refused > count / 20 && refused < count * 0.8, `${refused} of ${count} refused`);

    await t.test("under our runtime as well", async () => {
      const inOurs = await play("ts", use(go), ours(name), requests);
      for (const [at, request] of requests.entries()) {
        assert.deepEqual(ourOutcome(inOurs[at] ?? assert.fail(), request), expected[at]);
      }
    });
  });
}

// The column `reference` is what the reference does: the checks of `nri runtime --compat reference`, with the Go program.
import { test } from "node:test";
import { goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { Place } from "./place.js";
import { ROWS, type Row } from "./rows.js";
import { RUNTIME_CHECKS } from "./runtime-checks.js";

const peers = await goPeers();
const skip = skipUnless(peers);

for (const [row, check] of Object.entries(RUNTIME_CHECKS)) {
  if (typeof check === "string") continue;
  test(`the Go runtime: ${ROWS[row as Row].title}`, { skip }, async () => {
    await using place = await Place.make();
    place.refruntime = use(peers).refruntime;
    await check(place, "reference");
  });
}

// Updates of our own, as they come back: as they are, with more, with less, and not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LinuxResources } from "@nri/protocol";
import { OwnUpdates } from "./own-updates.js";

const shares = (value: bigint) => ({ cpu: { shares: { value } } });
const limit = (value: bigint) => ({ memory: { limit: { value } } });

test("an update under way is known again with what its engine adds, or leaves out; another one is not", async () => {
  const own = new OwnUpdates();
  const has = (resources: object, id = "c"): boolean => own.has("d", id, LinuxResources.create(resources));
  const both = LinuxResources.create({ ...shares(3n), ...limit(9n) });
  await own.during("d", "c", both, async () => {
    assert.equal(has(both), true);
    assert.equal(has({ ...both, pids: { limit: 1n } }), true);
    assert.equal(has(shares(3n)), true);
    assert.equal(has({}), true);
    assert.equal(has(shares(4n)), false);
    assert.equal(has({ ...shares(3n), pids: { limit: 1n } }), false);
    assert.equal(has(both, "other"), false);
  });
  assert.equal(has(both), false);
});

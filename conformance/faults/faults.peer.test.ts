// Five rounds of what `npm run test:faults` does at length.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { comingAndGoing, silentConnections, updatesAtARate, updatesFromHandlers } from "./crowds.js";
import { run } from "./run.js";

describe("plugins that go wrong", () => {
  test("every fault in every call has the effect that its policy says, and nothing is left behind", async () => {
    const { problems, leaked, rounds } = await run({ rounds: 5, processRounds: 2, seed: 1 });
    assert.deepEqual(problems, []);
    assert.deepEqual(leaked, []);
    assert.equal(rounds, 18 * 21 * 5);
  });

  test("fifty silent connections do not keep a good one waiting", async () => {
    assert.deepEqual(await silentConnections(50), []);
  });

  test("plugins that come and go during 1,000 creations see each container exactly once", async () => {
    assert.deepEqual(await comingAndGoing(1000, 1), []);
  });

  test("a plugin may ask for updates from inside each of its handlers", async () => {
    assert.deepEqual(await updatesFromHandlers(), []);
  });

  test("a hundred updates a second from each plugin are all answered while requests run", async () => {
    assert.deepEqual(await updatesAtARate(100, 1000), []);
  });
});

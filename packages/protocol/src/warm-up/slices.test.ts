// Tests of work in slices: that they are short, and how it ends.
import assert from "node:assert/strict";
import { test } from "node:test";
import { runInSlices, WARM_UP_SLICE_MS } from "./slices.js";

const never = () => assert.fail("must not happen");

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

test("a slice ends when its time is over, and everything else runs between two", async () => {
  let clock = 0;
  let fresh = true;
  const slices: number[] = [];
  function* steps(): Generator<void> {
    for (let step = 0; step < 40; step++) {
      if (fresh) slices.push(0);
      fresh = false;
      setImmediate(() => {
        fresh = true;
      });
      slices[slices.length - 1] = (slices.at(-1) ?? 0) + WARM_UP_SLICE_MS / 10;
      clock += WARM_UP_SLICE_MS / 10;
      yield;
    }
  }
  const ends: string[] = [];
  runInSlices(
    steps(),
    (why) => ends.push(why),
    () => clock,
  );
  await until(() => ends.length > 0);
  assert.deepEqual(ends, ["done"]);
  assert.ok(Math.max(...slices) <= WARM_UP_SLICE_MS, String(slices));
  assert.ok(slices.length >= 10, String(slices));
});

test("stopping ends it at once and lets its steps clean up", async () => {
  let taken = 0;
  let cleaned = false;
  function* steps(): Generator<void> {
    try {
      for (;;) {
        taken++;
        yield;
      }
    } finally {
      cleaned = true;
    }
  }
  const ends: string[] = [];
  const warmUp = runInSlices(steps(), (why) => ends.push(why));
  await until(() => taken > 0);
  warmUp.stop();
  warmUp.stop();
  const before = taken;
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(taken, before);
  assert.equal(cleaned, true);
  assert.deepEqual(ends, ["stopped"]);
});

test("a step that fails ends it, and is told", async () => {
  const ends: string[] = [];
  function* steps(): Generator<unknown> {
    yield Promise.reject(new Error("no"));
    never();
  }
  runInSlices(steps(), (why) => ends.push(why));
  await until(() => ends.length > 0);
  assert.deepEqual(ends, ["no"]);
});

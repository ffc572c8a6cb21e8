// Turns, one after the other.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "./request-queue.js";

test("turns are given in the order of arrival, past those who gave up", async () => {
  const queue = new RequestQueue(10);
  assert.equal(queue.enter("owner"), undefined);
  const order: string[] = [];
  const controller = new AbortController();
  const pass = async (what: string, signal?: AbortSignal): Promise<void> => {
    await queue.enter(what, signal);
    order.push(what);
    queue.leave();
  };
  const gone = assert.rejects(pass("gone", controller.signal), { name: "AbortError" });
  const others = [pass("a"), pass("b")];
  controller.abort();
  await gone;
  assert.equal(queue.waiting, 2);
  queue.leave();
  await Promise.all(others);
  assert.deepEqual(order, ["a", "b"]);
  assert.equal(queue.enter("free"), undefined);
});

test("who would have to wait behind too many is refused, except the one who ends it all", async () => {
  const queue = new RequestQueue(1);
  queue.enter("owner");
  const waiting = queue.enter("waits");
  assert.throws(() => queue.enter("too many"), {
    code: "queue-full",
    message: "too many: 1 requests are waiting already (the maximum)",
  });
  const last = queue.enterLast();
  queue.leave();
  await waiting;
  queue.leave();
  await last;
});

// Turns, one after the other, and a turn that is lent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestQueue } from "./request-queue.js";

/** Notes in `order` when it has its turn, and leaves at once. */
async function pass(queue: RequestQueue, order: string[], what: string, borrower?: string): Promise<void> {
  await queue.enter(what, undefined, borrower);
  order.push(what);
  queue.leave(borrower);
}

test("a turn is lent to one who waits already, past those before it, and comes back", async () => {
  const queue = new RequestQueue(10);
  const order: string[] = [];
  await queue.enter("owner");
  const others = [pass(queue, order, "a"), pass(queue, order, "b", "foo"), pass(queue, order, "c", "bar")];
  await queue.lend("foo", 60_000, undefined);
  order.push("owner again");
  assert.equal(queue.waiting, 2);
  queue.leave();
  await Promise.all(others);
  assert.deepEqual(order, ["b", "owner again", "a", "c"]);
  assert.equal(queue.enter("free"), undefined);
});

test("a turn is lent to one who comes later; two can be lent at the same time", async () => {
  const queue = new RequestQueue(10);
  await queue.enter("owner");
  const loans = [queue.lend("foo", 60_000, undefined), queue.lend("bar", 60_000, undefined)];
  assert.equal(queue.enter("bar", undefined, "bar"), undefined);
  assert.equal(queue.enter("foo", undefined, "foo"), undefined);
  const second = queue.enter("foo again", undefined, "foo");
  queue.leave("foo");
  await loans[0];
  queue.leave("bar");
  await loans[1];
  queue.leave();
  await second;
  queue.leave("foo");
  assert.equal(queue.enter("free"), undefined);
});

test("when nobody comes the turn stays; a borrower that is there is waited for", async () => {
  const queue = new RequestQueue(10);
  await queue.enter("owner");
  await queue.lend("nobody", 5, undefined);
  const loan = queue.lend("foo", 5, undefined);
  queue.enter("foo", undefined, "foo");
  let back = false;
  void loan.then(() => {
    back = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(back, false);
  queue.leave("foo");
  await loan;
});

test("who lends and is given up leaves the borrower its turn, and the next has to wait for it", async () => {
  const queue = new RequestQueue(10);
  const controller = new AbortController();
  await queue.enter("owner");
  const loan = queue.lend("foo", 60_000, controller.signal);
  queue.enter("foo", undefined, "foo");
  const order: string[] = [];
  const next = pass(queue, order, "next");
  controller.abort();
  await assert.rejects(loan, { name: "AbortError" });
  queue.leave();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(order, []);
  queue.leave("foo");
  await next;
  assert.deepEqual(order, ["next"]);
  await assert.rejects(queue.lend("foo", 60_000, AbortSignal.abort()), { name: "AbortError" });
});

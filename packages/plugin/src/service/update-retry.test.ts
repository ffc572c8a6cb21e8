// Tests of updates that are tried again: bounded, newest wins, over a lost connection when wished.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type ContainerUpdate, type Init, ContainerUpdate as Update } from "@nri/protocol";
import { TtrpcError } from "@nri/ttrpc";
import { definePlugin } from "../define.js";
import { silentLogger } from "../log.js";
import { SocketRuntime, scratchFolder } from "../socket-runtime.fixture.js";
import { update } from "../update.js";
import { backoffMs } from "./backoff.js";
import { dropOverridden, setsAnything } from "./newest-wins.js";
import { type SendUpdates, UpdateRetrier } from "./update-retry.js";

const RETRY = { attempts: 4, delayMs: 2, maxDelayMs: 4 };

/** A runtime that fails what `fails` says; it keeps what it was asked. */
function runtime(fails: (id: string, attempt: number) => boolean) {
  const asked: Init<ContainerUpdate>[][] = [];
  const send: SendUpdates = async (updates) => {
    asked.push(structuredClone([...updates]));
    return updates
      .filter(({ containerId = "" }) => fails(containerId, asked.length))
      .map(({ containerId = "" }) => Update.create({ containerId }));
  };
  return { asked, send, ids: () => asked.map((list) => list.map(({ containerId }) => containerId).join()) };
}
const failedIds = (list: readonly ContainerUpdate[]) => list.map(({ containerId }) => containerId);

test("only what failed is tried again, until it succeeds", async () => {
  const { send, ids } = runtime((id, attempt) => id === "b" && attempt < 3);
  const updates = [update("a").cpus("0"), update("b").cpus("1")];
  assert.deepEqual(await new UpdateRetrier(10).update(send, updates, { retry: RETRY }), []);
  assert.deepEqual(ids(), ["a,b", "b", "b"]);
});

test("the attempts are bounded, what failed in the end is the result", async () => {
  const { send, ids } = runtime((id) => id === "a");
  const updates = [update("a").cpus("0"), update("b").cpus("1")];
  assert.deepEqual(failedIds(await new UpdateRetrier(10).update(send, updates, { retry: RETRY })), ["a"]);
  assert.equal(ids().length, 4);
  assert.deepEqual(failedIds(await new UpdateRetrier(10).update(send, updates)), ["a"]);
});

test("of two updates of a container the newer one counts, field by field", async () => {
  const retrier = new UpdateRetrier(10);
  const { send, asked } = runtime((id, attempt) => id === "a" && attempt === 1);
  const first = retrier.update(send, [update("a").cpus("0").memory({ limit: 1n, swap: 2n }).unified("k", "1")], {
    retry: RETRY,
  });
  await retrier.update(send, [update("a").memory({ limit: 9n }), update("other").cpus("5")]);
  assert.deepEqual(await first, []);
  const again = asked[2]?.[0]?.linux?.resources;
  assert.deepEqual(
    [again?.cpu?.cpus, again?.memory?.limit, again?.memory?.swap?.value, again?.unified],
    ["0", undefined, 2n, { k: "1" }],
  );
});

test("an update of which nothing is left is done, and is no failure", async () => {
  const retrier = new UpdateRetrier(10);
  const { send, ids } = runtime((id) => id === "a");
  const first = retrier.update(send, [update("a").cpus("0")], { retry: RETRY });
  await retrier.update(send, [update("a").cpus("1")]);
  assert.deepEqual(await first, []);
  assert.deepEqual(ids(), ["a", "a"]);
});

test("every field of an update gives way to the same field of a newer one, and to no other", () => {
  const whole = () =>
    update("a")
      .memory({
        limit: 1n,
        reservation: 1n,
        swap: 1n,
        kernel: 1n,
        kernelTcp: 1n,
        swappiness: 1n,
        disableOomKiller: true,
      })
      .memory({ useHierarchy: true })
      .cpu({ shares: 1n, quota: 1n, period: 1n, realtimeRuntime: 1n, realtimePeriod: 1n, cpus: "0", mems: "0" })
      .hugepageLimit("2MB", 1n)
      .hugepageLimit("1GB", 1n)
      .blockioClass("b")
      .rdtClass("r")
      .pids(5n)
      .unified("x", "1")
      .unified("__proto__", "1")
      .build();
  const older = whole();
  dropOverridden(older, whole());
  assert.equal(setsAnything(older), false);
  for (const newer of [update("a"), update("a").ignoreFailure()]) {
    const kept = whole();
    dropOverridden(kept, newer.build());
    assert.deepEqual(kept, whole());
  }
  const partly = whole();
  dropOverridden(partly, update("a").cpus("1").hugepageLimit("1GB", 2n).unified("__proto__", "2").build());
  const resources = partly.linux?.resources;
  assert.deepEqual([resources?.cpu?.cpus, resources?.cpu?.mems, resources?.unified], ["", "0", { x: "1" }]);
  assert.deepEqual(
    resources?.hugepageLimits.map(({ pageSize }) => pageSize),
    ["2MB"],
  );
});

test("a request that fails as a whole is not tried again", async () => {
  let calls = 0;
  const send: SendUpdates = async () => {
    calls++;
    throw new Error("refused");
  };
  await assert.rejects(new UpdateRetrier(10).update(send, [update("a").cpus("0")], { retry: true }), /refused/);
  assert.equal(calls, 1);
});

test("evictions are asked for once", async () => {
  const evictions: unknown[] = [];
  const send: SendUpdates = async (updates, { evict }) => {
    evictions.push(evict?.length);
    return evictions.length < 3 ? [Update.create(updates[0])] : [];
  };
  const evict = [{ containerId: "x", reason: "r" }];
  await new UpdateRetrier(10).update(send, [update("a").cpus("0")], { evict, retry: RETRY });
  assert.deepEqual(evictions, [1, undefined, undefined]);
});

test("aborting ends the waiting", async () => {
  const { send } = runtime(() => true);
  const control = new AbortController();
  const waiting = new UpdateRetrier(10).update(send, [update("a").cpus("0")], {
    retry: { delayMs: 60_000, maxDelayMs: 60_000 },
    signal: control.signal,
  });
  setTimeout(() => control.abort(new Error("enough")), 20);
  await assert.rejects(waiting, /enough/);
});

test("updates under way are bounded, wrong settings are refused by name", async () => {
  const retrier = new UpdateRetrier(1);
  const updates = [update("a").cpus("0"), update("b").cpus("0")];
  const { send } = runtime(() => false);
  await assert.rejects(retrier.update(send, updates, { retry: true }), { code: "limit", message: /maximum 1$/ });
  for (const [retry, message] of [
    [{ attempts: 0 }, /^retry attempts must be a positive integer, got 0$/],
    [{ keep: 1 }, /^retry keep must be true or false, got 1$/],
    [{ often: 1 }, /^retry has no option often$/],
  ] as const) {
    await assert.rejects(retrier.update(send, [], { retry: retry as never }), { code: "invalid-argument", message });
  }
});

test("kept updates wait for the next connection, others fail with the one they were sent on", async () => {
  const retrier = new UpdateRetrier(10);
  const gone: SendUpdates = async () => {
    throw new TtrpcError("closed", "ttrpc: closed");
  };
  await assert.rejects(retrier.update(gone, [update("a").cpus("0")], { retry: RETRY }), { code: "closed" });
  await assert.rejects(retrier.update(undefined, [update("a").cpus("0")], { retry: RETRY }), {
    code: "connection-lost",
  });
  const kept = retrier.update(gone, [update("a").cpus("0")], { retry: { ...RETRY, keep: true } });
  const { send, ids } = runtime(() => false);
  retrier.attach(send);
  assert.deepEqual(await kept, []);
  assert.deepEqual(ids(), ["a"]);
  retrier.detach(send, false);
  const never = retrier.update(undefined, [update("a").cpus("0")], { retry: { keep: true } });
  retrier.close();
  await assert.rejects(never, { code: "connection-lost" });
});

test("waits grow up to their maximum, and at least half of each is waited", () => {
  const settings = { delayMs: 100, maxDelayMs: 1000 };
  assert.deepEqual(
    [1, 2, 3, 4, 5, 2000].map((n) => backoffMs(n, settings, () => 0)),
    [50, 100, 200, 400, 500, 500],
  );
  assert.equal(
    backoffMs(1, settings, () => 0.5),
    75,
  );
});

test("a kept update is sent again after the plugin has been synchronised by the next runtime", async (context) => {
  const socketPath = join(await scratchFolder(context), "nri.sock");
  const order: string[] = [];
  await using service = definePlugin({
    index: "10",
    name: "test",
    startContainer: () => undefined,
    synchronize: () => void order.push("synchronize"),
  }).serve({ socketPath, environment: {}, log: silentLogger, reconnect: { delayMs: 2 } });
  await using listening = await SocketRuntime.listen(socketPath, {
    update: (request) => {
      order.push(`update ${failedIds(request.update).join()}`);
      return {};
    },
  });
  const first = await listening.plugin();
  first.close();
  const kept = service.updateContainers([update("c1").cpus("0")], { retry: { keep: true } });
  await listening.plugin();
  assert.deepEqual(await kept, []);
  assert.deepEqual(order, ["synchronize", "synchronize", "update c1"]);
});

// What the application's own callbacks throw fails nothing, and ends nothing.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { eventually, startLab } from "./lab.fixture.js";
import type { Observer } from "./observer.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

function broken(): never {
  throw new Error("out of paper");
}
const refusing = async (): Promise<never> => broken();

for (const [what, observer] of [
  ["that throws", { call: broken, pluginState: broken, warning: broken, output: broken }],
  ["whose promises reject", { call: refusing, pluginState: refusing, warning: refusing, output: refusing }],
] as const satisfies readonly (readonly [string, Observer])[]) {
  test(`an observer ${what} fails no request, keeps no plugin from joining or leaving, and is told of once`, async () => {
    const log: string[] = [];
    const note = (text: string): void => void log.push(text);
    await using lab = await startLab({ observer, log: { debug: note, info: note, warn: note, error: note } });
    for (const name of ["a", "b"]) {
      const plugin = await lab.connect({ name, on: { startContainer: () => undefined }, events: 0 });
      await lab.adaptation.startContainer({ pod, container });
      plugin.socket.destroy();
      await eventually(() => lab.adaptation.plugins.length === 0, "the plugin has left");
    }
    for (const callback of ["call", "pluginState"]) {
      const text = `observer.${callback} failed: out of paper; it is called again, and not told of any more`;
      assert.equal(log.filter((line) => line === text).length, 1, callback);
    }
  });
}

test("a log and a recorder of deprecations that throw fail nothing; the log's failure is a warning of the process", async () => {
  const warned = once(process, "warning");
  await using lab = await startLab({
    log: { debug: broken, info: broken, warn: broken, error: broken },
    deprecations: broken,
  });
  const old = await lab.connect({ events: 0, methods: { StartContainer: undefined } });
  await lab.adaptation.startContainer({ pod, container });
  assert.equal(old.requests("StateChange").length, 1);
  assert.match(String((await warned)[0]), /the log \(\w+\) failed: out of paper/);
});

test("a deadline longer than a timer takes is none that passes at once", async () => {
  await using lab = await startLab();
  for (const timeoutMs of [2 ** 31, 2 ** 32 + 1, Number.MAX_VALUE]) {
    await lab.connect({
      name: `n${Math.log2(timeoutMs)}`.replace(".", "-"),
      on: { startContainer: () => new Promise((resolve) => setTimeout(resolve, 30)) },
    });
    await lab.adaptation.startContainer({ pod, container }, { timeoutMs });
  }
});

test("nothing is left of requests that were given up while one was under way, nor of those with a deadline", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  let release: (() => void) | undefined;
  await using lab = await startLab({
    builtins: [{ index: "10", name: "slow", startContainer: () => new Promise<void>((open) => (release = open)) }],
  });
  const slow = lab.adaptation.startContainer({ pod, container });
  await eventually(() => release !== undefined, "it is under way");
  const before = heap();
  for (let i = 0; i < 10_000; i++) {
    const controller = new AbortController();
    const waiting = lab.adaptation.stopContainer({ pod, container }, controller);
    controller.abort();
    await assert.rejects(waiting, { code: "canceled" });
  }
  const grown = heap() - before;
  release?.();
  await slow;
  assert.ok(grown < 5e6, `10,000 requests that were given up hold ${grown} bytes`);
  const signal = new AbortController().signal;
  const then = heap();
  for (let i = 0; i < 10_000; i++) {
    await lab.adaptation.stopContainer({ pod, container }, { signal, timeoutMs: 60_000 });
  }
  const kept = heap() - then;
  assert.ok(kept < 2e6, `10,000 requests that are over hold ${kept} bytes`);
});

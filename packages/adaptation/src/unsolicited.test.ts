// Updates and evictions that plugins ask for on their own: put in order, from anywhere, at any time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ContainerEviction, ContainerUpdate, EVENT_NAMES, EVENTS, type Init } from "@nri/protocol";
import type { RequestName } from "./adaptation.js";
import { eventually, startLab } from "./lab.fixture.js";
import { oneEvictionEach, oneUpdateEach } from "./merge/one-each.js";
import { connectRawPlugin, type RawPlugin } from "./raw-plugin.fixture.js";

const pod = { id: "p1" };
const container = { id: "c1" };
const cpu = (containerId: string, shares: bigint, ignoreFailure = false): ContainerUpdate =>
  ContainerUpdate.create({ containerId, ignoreFailure, linux: { resources: { cpu: { shares: { value: shares } } } } });
const pids = (containerId: string, limit: bigint): ContainerUpdate =>
  ContainerUpdate.create({ containerId, ignoreFailure: true, linux: { resources: { pids: { limit } } } });

test("updates of one container become one: by field, the later holds, failure is ignored when all say so", () => {
  const list = [cpu("a", 1n, true), cpu("b", 9n), pids("a", 5n), cpu("a", 2n)];
  const [a, b, ...rest] = oneUpdateEach(list);
  assert.equal(rest.length, 0);
  assert.equal(b, list[1]);
  assert.equal(a?.containerId, "a");
  assert.equal(a?.ignoreFailure, false);
  assert.equal(a?.linux?.resources?.cpu?.shares?.value, 2n);
  assert.equal(a?.linux?.resources?.pids?.limit, 5n);
  assert.equal(oneUpdateEach([cpu("a", 1n, true), pids("a", 1n)])[0]?.ignoreFailure, true);
  assert.deepEqual(list[0], cpu("a", 1n, true), "nothing is changed");
  const once = [cpu("a", 1n), cpu("b", 1n)];
  assert.equal(oneUpdateEach(once), once);
});

test("whatever a container is called, it is one container", () => {
  const ids = ["__proto__", "constructor", "", "\u0000", "../../etc", "a\nb", "x".repeat(10_000), "\u00e9", "e\u0301"];
  const list = ids.flatMap((id) => [cpu(id, 1n), pids(id, 2n)]);
  assert.deepEqual(
    oneUpdateEach(list).map(({ containerId, linux }) => [containerId, linux?.resources?.cpu?.shares?.value]),
    ids.map((id) => [id, 1n]),
  );
  const evictions = ids.flatMap((containerId) => [
    ContainerEviction.create({ containerId, reason: "first" }),
    ContainerEviction.create({ containerId, reason: "second" }),
  ]);
  assert.deepEqual(
    oneEvictionEach(evictions).map(({ containerId, reason }) => [containerId, reason]),
    ids.map((id) => [id, "first"]),
  );
});

test("the runtime gets one update for each container, with compat reference what was sent", async () => {
  for (const compat of ["default", "reference"] as const) {
    const seen: (readonly ContainerUpdate[])[] = [];
    await using lab = await startLab({
      compat,
      updateContainers: async (updates) => {
        seen.push(updates);
        return updates.filter(({ containerId }) => containerId === "b");
      },
    });
    const plugin = await lab.connect();
    const failed = await plugin.updateContainers({ update: [cpu("a", 1n), cpu("b", 1n), cpu("a", 2n)] });
    assert.deepEqual(
      seen[0]?.map(({ containerId }) => containerId),
      compat === "default" ? ["a", "b"] : ["a", "b", "a"],
    );
    assert.deepEqual(
      failed.map(({ containerId }) => containerId),
      ["b"],
    );
  }
});

test("evictions reach who can do them: in the answers to create and update, and the runtime's callback", async () => {
  const evict = [{ containerId: "x", reason: "full" }];
  const seen: ContainerEviction[] = [];
  await using lab = await startLab({
    updateContainers: async (_, { evictions }) => {
      seen.push(...evictions);
      return [];
    },
  });
  const plugin = await lab.connect({ on: { createContainer: () => ({ evict }), updateContainer: () => ({ evict }) } });
  const created = await lab.adaptation.createContainer({ pod, container });
  const updated = await lab.adaptation.updateContainer({ pod, container });
  await plugin.updateContainers({ evict: [...evict, ...evict] });
  assert.deepEqual([created.evict, updated.evict].map(reasons), [["full"], ["full"]]);
  assert.deepEqual(reasons(seen), ["full"]);
});

function reasons(list: readonly Init<ContainerEviction>[]): (string | undefined)[] {
  return list.map(({ reason }) => reason);
}

test("updates can be asked for from inside every handler, at any time: none blocks, each is answered", async () => {
  let issued = 0;
  let answered = 0;
  let applied = 0;
  const plugins: RawPlugin[] = [];
  const update = async (plugin: RawPlugin | undefined): Promise<void> => {
    issued++;
    await plugin?.updateContainers({ update: [cpu("c1", 1n)] });
    answered++;
  };
  await using lab = await startLab({
    requestTimeoutMs: 4000,
    synchronize: async (sync) => {
      await Promise.all(plugins.map(update)); // while the runtime gathers its state
      await sync([pod], [container]);
      await Promise.all(plugins.map(update)); // and while it applies what was asked for
    },
    updateContainers: async () => {
      applied++;
      await new Promise((resolve) => setTimeout(resolve, 2));
      return [];
    },
  });
  for (const index of ["10", "20"]) {
    const on = Object.fromEntries(EVENT_NAMES.map((name) => [name, () => update(plugin)]));
    const plugin: RawPlugin = await connectRawPlugin(lab.socket, {
      index,
      events: 0,
      on,
      unregistered: true,
      synchronize: async () => {
        await update(plugin);
        return {};
      },
      methods: {
        Configure: async () => {
          await update(plugin);
          return new Uint8Array(0);
        },
        Shutdown: async () => {
          await update(plugin);
          return new Uint8Array(0);
        },
      },
    });
    await plugin.register(index, "raw");
    await lab.adaptation.waitForPlugins(Number(index) / 10, { timeoutMs: 5000 });
    plugins.push(plugin);
  }
  let flooding = true;
  const flood = (async () => {
    while (flooding) {
      await Promise.all(plugins.map(update));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const names = EVENT_NAMES.filter((name): name is RequestName => name !== "validateContainerAdjustment");
  for (const name of names) {
    await lab.adaptation[name]({ pod, container });
  }
  for (const plugin of plugins) {
    const asked = names.map((name) => EVENTS[name].name as string);
    assert.deepEqual(
      plugin.methods.filter((method) => asked.includes(method)),
      asked,
    );
    assert.ok(plugin.methods.includes("ValidateContainerAdjustment"));
  }
  const third = await lab.connect({ index: "30" });
  flooding = false;
  await flood;
  await lab.adaptation.stop();
  await eventually(() => issued === answered, "every call is answered");
  assert.ok(plugins.every(({ methods }) => methods.includes("Shutdown")));
  assert.equal(applied, issued);
  assert.ok(third.methods.includes("Shutdown"));
  assert.deepEqual(lab.warnings, []);
});

// Evictions from plugins on our SDK to the runtime that does them: in answers, unsolicited, and from inside handlers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, silentLogger } from "@nri/plugin";
import type { ContainerEviction } from "@nri/protocol";
import { CONTAINER, MODES, POD, startEngine } from "../upstream/engine.fixture.js";

const plain = (list: readonly ContainerEviction[]): string[] =>
  list.map(({ containerId, reason }) => `${containerId} ${reason}`);

for (const compat of MODES) {
  const done = compat === "default";
  test(`evictions of two plugins: ${done ? "each container once, the first reason stays" : "dropped, as the reference drops them"}`, async () => {
    const asked: string[] = [];
    await using engine = await startEngine({
      compat,
      updateContainers: async (updates, { plugin, evictions }) => {
        asked.push(`${plugin.name}: ${updates.length} updates, [${plain(evictions).join(", ")}]`);
        return [];
      },
    });
    await engine.connect({
      index: "10",
      name: "first",
      createContainer: async ({ updateContainers }) => {
        await updateContainers([], { evict: [{ containerId: "ctr1", reason: "from inside" }] });
        return { evict: [{ containerId: "ctr1", reason: "room" }] };
      },
      updateContainer: () => ({ evict: [{ containerId: "ctr0", reason: "too large" }] }),
    });
    const second = await engine.connect({
      index: "20",
      name: "second",
      createContainer: () => ({
        evict: [
          { containerId: "ctr1", reason: "also room" },
          { containerId: "ctr2", reason: "hot" },
        ],
      }),
    });
    const created = await engine.adaptation.createContainer({ pod: POD, container: CONTAINER });
    assert.deepEqual(plain(created.evict), done ? ["ctr1 room", "ctr2 hot"] : []);
    const updated = await engine.adaptation.updateContainer({ pod: POD, container: CONTAINER, linuxResources: {} });
    assert.deepEqual(plain(updated.evict), done ? ["ctr0 too large"] : []);
    await second.updateContainers([{ containerId: "ctr0" }], { evict: [{ containerId: "ctr1", reason: "late" }] });
    assert.deepEqual(asked, [
      `10-first: 0 updates, [${done ? "ctr1 from inside" : ""}]`,
      `20-second: 1 updates, [${done ? "ctr1 late" : ""}]`,
    ]);
  });
}

test("a runtime that refuses an eviction is heard by the plugin in its own words", async () => {
  await using engine = await startEngine({
    updateContainers: async () => {
      throw new Error('container "ctr1" is not to be evicted');
    },
  });
  const plugin = definePlugin({ index: "10", name: "evicting", createContainer: () => undefined });
  await using session = await plugin.start({ socketPath: engine.socketPath, environment: {}, log: silentLogger });
  await engine.adaptation.waitForPlugins(1);
  await assert.rejects(session.updateContainers([], { evict: [{ containerId: "ctr1", reason: "hot" }] }), {
    message: /container "ctr1" is not to be evicted/,
  });
});

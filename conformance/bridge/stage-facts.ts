// What plugins ask for is in the containers of a real engine behind the bridge: when they are created, while they run, and
// at their end.
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type AdjustmentBuilder, adjustment, definePlugin, silentLogger, update } from "@nri/plugin";
import { type Container, ContainerState } from "@nri/protocol";
import { missingOnMachine } from "../requirements.js";
import { pause, until } from "../waits.js";
import { checkFacts, type RunFacts, titleOf } from "./check-facts.js";
import { cgroup } from "./fact-place.js";
import { FACTS } from "./facts.js";
import { ENGINE_SHARES } from "./rich.js";
import type { Stage } from "./stages.js";

const EFFECT_MS = 5_000;
/** How soon after its end plugins hear of it (issue: exit events within 1 s). */
const EXIT_MS = 1_000;

const sharesOf = cgroup("cpu", "cpu.shares");

/** Tries it, as subtests of `t`. */
export async function checkFactsOn(t: TestContext, stage: Stage): Promise<void> {
  const wanted = new Map<string, AdjustmentBuilder>();
  const stopped = new Map<string, { container: Container; at: number }>();
  const removed: string[] = [];
  await using session = await definePlugin({
    createContainer: ({ container }) => ({ adjust: wanted.get(container.name) }),
    stopContainer: ({ container }) => void stopped.set(container.id, { container, at: Date.now() }),
    removeContainer: ({ container }) => void removed.push(container.id),
  }).start({ socketPath: stage.nriSocket, index: "10", name: "facts", environment: {}, log: silentLogger });

  let main: Awaited<ReturnType<typeof checkFacts>> | undefined;
  await t.test("every field that can be adjusted", async (one) => {
    const run: RunFacts = async (name, adjust) => {
      wanted.set(name, adjust);
      return await stage.factContainer(name);
    };
    main = await checkFacts(one, stage.bridge.place, run, stage.annotationsIn === "spec" ? [] : ["user's annotations"]);
  });
  assert.ok(main !== undefined);
  const { id } = main;

  await t.test("every field that can be updated, while the container runs", async () => {
    const updatable = FACTS.filter((fact) => fact.update && missingOnMachine(titleOf(fact)) === undefined);
    assert.ok(updatable.length >= 7);
    const request = update(id);
    for (const fact of updatable) fact.update?.ask(request);
    assert.deepEqual(await session.updateContainers([request]), []);
    for (const fact of updatable) {
      assert.ok(fact.update !== undefined && main !== undefined);
      const now = fact.inside === undefined ? fact.outside?.(main, stage.bridge.place) : await main.sh(fact.inside);
      assert.match(now ?? "", fact.update.seen, titleOf(fact));
    }
  });

  await t.test("an update by the engine, changed by a plugin on its way", async () => {
    await using _changes = await definePlugin({
      updateContainer: ({ container, linuxResources }) =>
        linuxResources?.cpu?.shares?.value === BigInt(ENGINE_SHARES)
          ? { updates: [update(container.id).cpu({ shares: 828n })] }
          : undefined,
    }).start({ socketPath: stage.nriSocket, index: "15", name: "changes", environment: {}, log: silentLogger });
    assert.ok(main !== undefined);
    await stage.user.update(id, ENGINE_SHARES);
    assert.equal(sharesOf(main), "828");
  });

  await t.test("an update of another container in the answer to a creation", async () => {
    assert.ok(main !== undefined);
    await using _other = await definePlugin({
      createContainer: () => ({ updates: [update(id).cpu({ shares: 919n })] }),
    }).start({ socketPath: stage.nriSocket, index: "20", name: "other", environment: {}, log: silentLogger });
    const quick = await stage.factContainer("fact-quick");
    assert.equal(sharesOf(main), "919");
    await quick.stop();
    await quick.remove();
  });

  await t.test("an exit is told with its code, within a second and without any delete", async () => {
    wanted.set("fact-exit", exitsWith(37));
    const container = await stage.factContainer("fact-exit");
    const end = await until("StopContainer", () => stopped.get(container.id), EFFECT_MS);
    assert.equal(end.container.state, ContainerState.CONTAINER_STOPPED);
    assert.equal(end.container.exitCode, 37);
    const late = end.at - Number(end.container.finishedAt / 1_000_000n);
    assert.ok(late >= -50 && late <= EXIT_MS, `told ${late} ms after the exit`);
    assert.deepEqual(
      removed.filter((one) => one === container.id),
      [],
    );
    // the engine may be about to clean up
    await again(() => container.remove());
    await until("RemoveContainer", () => removed.includes(container.id), EFFECT_MS);
  });

  await t.test("a container that a plugin evicts is killed, and told of", async () => {
    const container = await stage.factContainer("fact-evicted");
    await using _evicting = await definePlugin({
      createContainer: () => ({ evict: [{ containerId: container.id, reason: "makes room" }] }),
    }).start({ socketPath: stage.nriSocket, index: "30", name: "evicting", environment: {}, log: silentLogger });
    const other = await stage.factContainer("fact-evicts");
    const end = await until("StopContainer", () => stopped.get(container.id), EFFECT_MS);
    assert.equal(end.container.exitCode, 137);
    for (const one of [container, other]) {
      if (one === other) await one.stop();
      await again(() => one.remove());
    }
  });

  await t.test("what a stopped daemon was told before is known after its restart, and its end is told", async () => {
    await stage.restart();
    const ended: Container[] = [];
    const pods: string[] = [];
    const containers: Container[] = [];
    await using _again = await definePlugin({
      stopContainer: ({ container }) => void ended.push(container),
      synchronize: (state) => {
        pods.push(...state.pods.map((pod) => pod.id));
        containers.push(...state.containers);
      },
    }).start({ socketPath: stage.nriSocket, index: "40", name: "again", environment: {}, log: silentLogger });
    const one = await until("Synchronize", () => containers.find((container) => container.id === id), EFFECT_MS);
    assert.equal(one.state, ContainerState.CONTAINER_RUNNING);
    assert.equal(one.pid, main?.pid);
    assert.equal(one.annotations["fact.added"], "yes", "as it was adjusted");
    assert.ok(pods.includes(one.podSandboxId));
    await stage.user.kill(id);
    const end = await until("StopContainer", () => ended.find((container) => container.id === id), EFFECT_MS);
    assert.equal(end.exitCode, 137);
  });
}

/** Does it, again while it fails: an engine may still be about to take in what plugins know already. */
async function again(work: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + EFFECT_MS; ; ) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await pause(100);
    }
  }
}

function exitsWith(code: number): AdjustmentBuilder {
  return adjustment().replaceArgs(["sh", "-c", `sleep 0.2; exit ${code}`]);
}

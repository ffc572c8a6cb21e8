// A runtime side and plugins of ours in one process, over a real socket: for tests of the player.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import { SimulatedNode } from "./node.js";

/** A started adaptation with plugins. */
export interface Lab extends AsyncDisposable {
  readonly adaptation: Adaptation;
  readonly node: SimulatedNode;
}

/** Starts the plugins, each with the name and index of its definition. */
export async function startLab(...definitions: readonly PluginDefinition[]): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), "nri-lab-"));
  const node = new SimulatedNode();
  const socketPath = join(folder, "nri.sock");
  const adaptation = createAdaptation({
    runtime: { name: "lab", version: "1" },
    synchronize: async (sync) => {
      const { pods, containers } = node.snapshot();
      await node.update(await sync(pods, containers));
    },
    updateContainers: async (updates) => node.update(updates),
    socketPath,
  });
  await adaptation.start();
  const sessions: PluginSession[] = [];
  for (const definition of definitions) {
    sessions.push(await definePlugin(definition).start({ socketPath, log: silentLogger, environment: {} }));
  }
  await adaptation.waitForPlugins(definitions.length, { timeoutMs: 5000 });
  return {
    adaptation,
    node,
    [Symbol.asyncDispose]: async () => {
      await adaptation.stop();
      await Promise.all(sessions.map((session) => session.closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

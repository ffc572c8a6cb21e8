// Our network-logger and the Go one in the Go runtime, with pods of all kinds: the same lines.
import assert from "node:assert/strict";
import test from "node:test";
import { Chance } from "../diff/chance.js";
import type { Child } from "../peers/child.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import { RefRuntime } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { goPlugin, ourPlugin, recording, texts } from "./go-lines.js";

const go = await goPeers();
const PODS = 100;
const LAST = /^Removed pod .*last-one/;

/** A pod drawn by chance: with and without namespaces, addresses, names, and strange ones of each. */
function pod(chance: Chance, index: number): JsonObject {
  const namespace = (): JsonObject => ({
    type: chance.one(["network", "network", "pid", "ipc", "Network", ""]),
    ...(chance.rarely(3)
      ? {}
      : { path: chance.one(["/run/netns/cni-1", "/proc/7/ns/net", "", "/run/a b/ü", "relative"]) }),
  });
  return {
    id: `pod-${index}`,
    ...(chance.rarely(8) ? {} : { name: chance.one(["web", "db-0", 'with "quotes"', "größe", "a b", "x".repeat(40)]) }),
    ...(chance.rarely(8) ? {} : { namespace: chance.one(["default", "kube-system", "%s%d"]) }),
    ...(chance.rarely(5) ? {} : { linux: chance.rarely(5) ? {} : { namespaces: chance.times(0, 3, namespace) } }),
    ips: chance.times(0, 3, () => chance.one(["10.88.7.2", "fd00::3", "no address", ""])),
  };
}

/** What a plugin printed, from its first line about pods to the end. */
async function printed(child: Child): Promise<string[]> {
  return await child.until("the last line", () => {
    const lines = texts(child);
    if (!lines.some((line) => LAST.test(line))) return undefined;
    return lines.slice(lines.findIndex((line) => line.startsWith("Synchronized state")));
  });
}

test("network-logger says of every pod what the Go plugin says", { skip: skipUnless(go) }, async () => {
  const chance = new Chance(6, 4);
  const pods = Array.from({ length: PODS }, (_, index) => pod(chance, index));
  using folder = new TestFolder();
  const { socket } = folder;
  await using runtime = await RefRuntime.start({ binary: use(go).refruntime, socket });
  await runtime.step("SetState", { pods: pods.slice(0, 20), containers: [{ id: "c", podSandboxId: "pod-0" }] });
  await using ours = ourPlugin("network-logger", "-idx", "20", "-socket", socket);
  await using theirs = goPlugin("network-logger", "-idx", "10", "-socket", socket);
  await runtime.waitForPlugins(theirs === undefined ? 1 : 2);
  for (const one of [...pods, { id: "last", name: "last-one" }]) {
    for (const op of ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"]) await runtime.step(op, { pod: one });
  }
  const fresh = theirs && { lines: await printed(theirs) };
  const { lines } = recording("network-logger", fresh);
  if (fresh !== undefined) assert.deepEqual(fresh.lines, lines);
  assert.equal(lines?.length, 1 + 20 + 3 * (PODS + 1));
  assert.deepEqual(await printed(ours), lines);
});

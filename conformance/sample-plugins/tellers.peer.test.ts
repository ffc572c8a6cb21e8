// template and logger, which only say what they see, in the Go runtime and in ours: the same lines about the whole life of a pod.
import assert from "node:assert/strict";
import test from "node:test";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { LIFE } from "../go-both-ways/samples.js";
import type { Language } from "../go-both-ways/sides.js";
import { startRuntime } from "../go-both-ways/start.js";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { ourPlugin, texts } from "./go-lines.js";

const go = await goPeers();
const FLAG: Readonly<Record<string, string>> = { template: "-socket", logger: "-socket-path" };
/** Programs may take their time on a busy machine. */
const START_MS = 30_000;

/** What the plugin says from its first request on, when the runtime plays the life of a pod. */
async function told(plugin: string, language: Language, peers: GoPeers): Promise<string[]> {
  using at = new TestFolder();
  await using runtime = await startRuntime(language, peers, {
    ...at,
    name: "engine",
    registrationTimeoutMs: START_MS,
    requestTimeoutMs: START_MS,
  });
  await using child = ourPlugin(plugin, "-idx", "10", FLAG[plugin] ?? "", at.socket);
  await runtime.waitForPlugins(1);
  for (const { op, req } of LIFE) assert.equal((await runtime.try(op, req)).ok, true, op);
  await child.until("the last event", () =>
    texts(child).some((line) => /^(Removed pod|RemovePodSandbox: pod:)/.test(line)) ? true : undefined,
  );
  return texts(child).slice(texts(child).findIndex((line) => /^(Started pod|RunPodSandbox: pod:)/.test(line)));
}

for (const plugin of Object.keys(FLAG)) {
  test(`${plugin} says of the life of a pod the same in the Go runtime and in ours`, {
    skip: skipUnless(go),
  }, async () => {
    const inGo = await told(plugin, "go", use(go));
    assert.deepEqual(await told(plugin, "ts", use(go)), inGo);
    if (plugin === "logger") {
      const events = EVENT_NAMES.map((name) => EVENTS[name].name).filter((op) => LIFE.some((step) => step.op === op));
      for (const event of events)
        assert.ok(
          inGo.some((line) => line.startsWith(`${event}: `)),
          event,
        ); // prettier-ignore
    } else {
      const words = inGo.map((line) => line.split(" ").slice(0, 2).join(" "));
      for (const word of ["Started pod", "Creating container", "Started container", "Removed container", "Removed pod"])
        assert.ok(words.includes(word), word);
    }
  });
}

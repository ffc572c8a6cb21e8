// Creations through our library, against what Docker's own code made of the same answers (conformance/golden/moby).
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type PluginDefinition, silentLogger } from "@nri/plugin";
import {
  checkMounts,
  createDockerNri,
  type DockerContainer,
  type DockerMount,
  type DockerNri,
  NO_NRI_OPTS,
} from "@nri/runtime/docker";
import { streamPair } from "@nri/ttrpc";
import type { Created } from "./ask-reference.js";
import { plainMessage } from "./plain-message.js";
import { recorded } from "./recorded.js";
import { ENV, HERE, SCENARIOS, type Scenario } from "./scenarios.js";

const BARE: DockerContainer = {
  id: "ID0",
  name: "/NAME",
  state: "created",
  pid: 0,
  labels: {},
  annotations: {},
  args: ["true"],
  env: [...ENV, "PATH=/bin"],
};

async function started(
  compat: "default" | "reference",
  containers: readonly DockerContainer[] = [],
): Promise<DockerNri> {
  const options = { ...NO_NRI_OPTS, enable: true, pluginPath: "/nowhere", pluginConfigPath: "/nowhere" };
  const nri = createDockerNri({ version: "29.0.0", options, containers: () => containers, compat });
  await nri.start();
  return nri;
}

async function join(nri: DockerNri, definition: Partial<PluginDefinition>): Promise<void> {
  const [near, far] = streamPair();
  const accepted = nri.adaptation?.accept(near);
  const plugin = definePlugin({ index: "00", name: "test", ...definition } as PluginDefinition);
  await plugin.start({ connection: far, log: silentLogger, environment: {}, warmUp: false });
  await accepted;
}

async function outcome(nri: DockerNri, { name, asked = {} }: Scenario): Promise<Created> {
  try {
    const { env, mounts } = await nri.createContainer(BARE);
    const taken = [
      ...(asked.Mounts ?? []).map(({ Target }) => Target),
      ...(asked.Binds ?? []).map((bind) => bind.split(":")[1] ?? ""),
    ];
    checkMounts(mounts, { taken, exists: (path) => path === HERE });
    return { name, env, mounts: mounts.map(asDocker) };
  } catch (error) {
    return { name, error: (error as Error).message };
  }
}

function asDocker({ type, source, target, readOnly }: DockerMount): { readonly [key: string]: unknown } {
  return {
    ...(type === "" ? {} : { Type: type }),
    ...(source === "" ? {} : { Source: source }),
    Target: target,
    ...(readOnly ? { ReadOnly: true } : {}),
  };
}

/** With these we do more than the reference, or say it: what its library drops on the way reaches us. */
const BETTER: { readonly [name: string]: Created } = {
  "an eviction": { name: "", error: "container eviction is not supported" },
  "env that removes one that is there": { name: "", env: ["HOSTNAME=mine", "A=1", "A=3", "PATH=/bin"], mounts: [] },
  "linux.devices that are removed": { name: "", error: "unsupported container adjustments: linux" },
};
/** dockerd makes volumes while it looks at mounts; the daemon does that. */
const OF_VOLUMES = "mount volume with a wrong name";

for (const compat of ["default", "reference"] as const) {
  test(`what a plugin answers has the outcome that Docker gives it (${compat})`, async () => {
    await using nri = await started(compat);
    let answer: Scenario["answer"] = {};
    await join(nri, { createContainer: () => answer });
    const all = recorded<Created>("creations");
    assert.deepEqual(
      all.map(({ name }) => name),
      SCENARIOS.map(({ name }) => name),
    );
    for (const [at, scenario] of SCENARIOS.entries()) {
      const { name } = scenario;
      answer = scenario.answer;
      const better = compat === "default" ? BETTER[name] : undefined;
      const expected = better === undefined ? all[at] : { ...better, name };
      if (name !== OF_VOLUMES) assert.deepEqual(await outcome(nri, scenario), expected, name);
    }
  });
}

test("plugins are told what Docker tells them, of a creation and when they come", async () => {
  const [{ created } = {}, { synchronized } = {}] = recorded<{ created?: object; synchronized?: object }>("told");
  const bare = { ...BARE, env: ["PATH=/bin"], args: ["sleep", "1000"] };
  const first = { ...BARE, args: ["/bin/sh", "-c", "exit 0", "x"], labels: { l: "1" }, annotations: { a: "2" } };
  await using nri = await started("reference", [
    { ...bare, id: "ID3", state: "exited", args: ["sh", "-c", "exit 3"] },
    { ...bare, id: "ID2", state: "paused", pid: 2 },
    { ...bare, id: "ID1", state: "running", pid: 1 },
    first,
  ]);
  const told: { created?: unknown; synchronized?: unknown } = {};
  await join(nri, {
    synchronize: ({ pods, containers }) => {
      told.synchronized = plainMessage({ pods, containers });
    },
    createContainer: ({ pod, container }) => {
      told.created = plainMessage({ pod, container });
    },
  });
  await nri.createContainer(first);
  assert.deepEqual(told, { created, synchronized });
});

test("an update that a plugin asks for on its own has Docker's error", async () => {
  const [{ unsolicited } = { unsolicited: "" }] = recorded<{ unsolicited: string }>("refusals");
  await using nri = await started("reference");
  const [near, far] = streamPair();
  const accepted = nri.adaptation?.accept(near);
  const plugin = definePlugin({ index: "00", name: "test", createContainer: () => undefined });
  const session = await plugin.start({ connection: far, log: silentLogger, environment: {}, warmUp: false });
  await accepted;
  await assert.rejects(session.updateContainers([{ containerId: "c" }]), { message: unsolicited });
});

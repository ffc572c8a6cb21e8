// A node explains itself: what four scripted plugins did to real containers, behind real engines.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { FIELD_NAMES, FIELDS, type FieldName } from "@nri/protocol";
import type { JournalEvent, LookedAtContainer, PluginEntry } from "@nri/runtime/serve";
import type { Stage, StageKind } from "../bridge/stages.js";
import { STAGES } from "../bridge/stages.js";
import type { PluginSide } from "../go-both-ways/sides.js";
import { startPlugin } from "../go-both-ways/start.js";
import { nriProgram } from "../paths.js";
import { Child, output } from "../peers/child.js";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import { skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { displayName, PLUGINS, type ScriptedContainer, scriptedContainers, scriptOf } from "./scripted.js";

const go = await goPeers();

/** The document of `nri explain --json`, as far as it is looked at. */
interface Explanation {
  readonly state: string;
  readonly domain: string;
  readonly creation: {
    readonly outcome: string;
    readonly changes: readonly {
      readonly plugin: string;
      readonly field: FieldName;
      readonly key: string;
      readonly sign: string;
    }[];
    readonly owners: readonly { readonly field: string; readonly key?: string; readonly plugins: readonly string[] }[];
    readonly steps: readonly { readonly plugin: string }[];
  };
}

for (const name of ["ctr on containerd 2.1", "dockerd 28"]) {
  const kind = STAGES.find((each) => each.name === name);
  assert.ok(kind !== undefined, name);
  const files = await kind.files();
  test(`${name}: who set each field, as four plugins were scripted to`, { skip: skipUnless(go, files) }, async (t) => {
    await onStage(t, kind, use(go));
  });
}

async function onStage(t: TestContext, kind: StageKind, peers: GoPeers): Promise<void> {
  await using stage = await kind.start();
  const control = ["--control", join(stage.bridge.dir, "control/control.sock")];
  const nri = async (...args: readonly string[]): Promise<string> => await output(nriProgram, [...args, ...control]);
  const containers = scriptedContainers(
    stage.bridge.place,
    stage.annotationsIn === "spec" ? [] : ["user's annotations"],
  );
  const covered = new Set(containers.flatMap(({ expected }) => expected.map(({ field }) => field)));
  assert.deepEqual(
    FIELD_NAMES.filter((field) => !covered.has(field)),
    [],
    "every field of the table is scripted",
  );
  const follower = new Child(nriProgram, ["events", "--follow", "--json", ...control]);
  await using _follower = follower;
  await using plugins = await scriptedPlugins(stage, peers, containers);
  await until("four plugins", async () => {
    const { plugins: told } = JSON.parse(await nri("plugins", "--json")) as { plugins: PluginEntry[] };
    return told.filter(({ state }) => state === "active").length === plugins.list.length;
  });
  for (const container of containers) {
    // What this machine cannot do fails in the OCI runtime: who asked for it is told all the same.
    await stage.factContainer(container.name).catch(() => undefined);
    await t.test(container.name, async () => {
      const told = JSON.parse(await nri("explain", container.name, "--json")) as Explanation;
      assert.equal(told.domain, stage.domain);
      assertOwners(told, container);
    });
  }

  await t.test("the container that most were tried on runs, and nri ps says who adjusted it", async () => {
    const all = PLUGINS.map(displayName);
    const { containers: told } = JSON.parse(await nri("ps", "--json")) as { containers: LookedAtContainer[] };
    const main = told.find((one) => one.name === "look-main");
    assert.deepEqual([main?.state, main?.adjustedBy, main?.domain], ["running", all, stage.domain]);
    const line = (await nri("ps")).split("\n").find((row) => row.includes("look-main"));
    assert.match(line ?? "", new RegExp(`^${stage.domain} .* running +${all.join(", ")}$`));
  });

  await t.test("for people: what each of them changed, from what to what", async () => {
    const text = await nri("explain", "look-main");
    assert.match(text, /^look-main · .* · running$/m);
    assert.match(
      text,
      /^ {2}30-go-two {2}- env +FACT_GONE {2}1 {2}set by the engine before\n +\+ env +FACT_ADDED=yes$/m,
    );
    assert.match(text, /~ env +FACT_REPLACED before -> after {2}set by the engine before$/m);
    assert.match(text, /^ {2}created with \d+ changes by 4 plugins in [\d.]+ ms$/m);
  });

  await t.test("the diff of its spec names the plugin behind each line", async () => {
    const diff = await nri("explain", "look-main", "-o", "diff");
    const setter = containers[0]?.expected.find(({ field }) => field === "OomScoreAdj")?.plugin;
    assert.match(diff, new RegExp(`^\\+ +"oomScoreAdj": 777,? +# ${setter}$`, "m"));
    const spec = JSON.parse(await nri("explain", "look-main", "-o", "spec")) as { process: { oomScoreAdj: number } };
    assert.equal(spec.process.oomScoreAdj, 777);
  });

  await t.test("numbers for Prometheus: latencies by plugin and event, adjustments, what is known", async () => {
    const [, path = ""] = control;
    const text = await output("curl", ["-sS", "--unix-socket", path, "http://nri/metrics"]);
    for (const plugin of PLUGINS.map(displayName)) {
      const labels = `plugin="${plugin}",operation="CreateContainer"`;
      assert.ok(text.includes(`containerd_nri_plugin_latency_seconds_count{${labels}} ${containers.length}`), labels);
    }
    for (const { field, plugin } of containers.flatMap(({ expected }) => expected)) {
      assert.match(text, new RegExp(`^nri_bridge_adjustments_total\\{plugin="${plugin}",field="${field}"\\} \\d`, "m"));
    }
    assert.match(text, new RegExp(`^nri_bridge_containers\\{domain="${stage.domain}",state="running"\\} [1-9]`, "m"));
    assert.match(text, /^nri_bridge_engine_connected\{engine="\w+"\} 1$/m);
  });

  await t.test("what happened is numbered without a gap, and who follows has seen the same", async () => {
    const { last, lost, events } = JSON.parse(await nri("events", "--json")) as {
      readonly last: number;
      readonly lost: number;
      readonly events: readonly JournalEvent[];
    };
    assert.deepEqual([lost, events.length], [0, last]);
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, at) => at + 1),
    );
    const seen = await until("the last event", () => {
      const lines = follower.stdout.map((line) => JSON.parse(line) as JournalEvent);
      return lines.some(({ seq }) => seq >= last) ? lines : undefined;
    });
    assert.deepEqual(seen.slice(0, last), events);
    const creation = events.find(({ request, name: of }) => request === "CreateContainer" && of === "look-main");
    assert.deepEqual(
      creation?.plugins?.map((plugin) => plugin.name),
      PLUGINS.map(displayName),
    );
  });

  await t.test("after a restart of the daemon who set what is still known", async () => {
    const before = JSON.parse(await nri("explain", "look-main", "--json")) as Explanation;
    await stage.restart();
    const after = JSON.parse(await nri("explain", "look-main", "--json")) as Explanation;
    assert.deepEqual(after, before);
  });
}

/** Starts them, one after the other. */
async function scriptedPlugins(stage: Stage, peers: GoPeers, containers: readonly ScriptedContainer[]) {
  const dir = mkdtempSync(join(tmpdir(), "nri-look-"));
  const list: PluginSide[] = [];
  const end = async (): Promise<void> => {
    for (const plugin of list) await plugin[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    for (const { index, name, language } of PLUGINS) {
      const script = scriptOf(displayName({ index, name }), containers);
      list.push(await startPlugin(language, peers, { socket: stage.nriSocket, index, name, dir, script }));
    }
  } catch (error) {
    await end();
    throw error;
  }
  return { list, [Symbol.asyncDispose]: end };
}

/** What is told is what was scripted, field by field and entry by entry. */
function assertOwners({ creation }: Explanation, { expected }: ScriptedContainer): void {
  const text = (field: string, key: string | undefined, plugin: string) => `${field} ${key ?? ""} ${plugin}`;
  // Nobody owns device rules, and what is not there any more.
  const owned = expected.filter(({ field, removes }) => field !== "DeviceRules" && !removes);
  assert.deepEqual(
    creation.owners.flatMap(({ field, key, plugins }) => plugins.map((plugin) => text(field, key, plugin))).sort(),
    owned.map(({ field, key, plugin }) => text(field, key, plugin)).sort(),
  );
  const entry = (field: FieldName, key: string) => (FIELDS[field].claim === "per-key" ? key : undefined);
  assert.deepEqual(
    creation.changes
      .map(({ plugin, field, key, sign }) => `${sign === "-"} ${text(field, entry(field, key), plugin)}`)
      .sort(),
    expected.map(({ field, key, plugin, removes }) => `${removes} ${text(field, key, plugin)}`).sort(),
  );
}

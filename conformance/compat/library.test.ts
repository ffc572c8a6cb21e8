// The table `compat` in the library: createAdaptation and applyAdjustment, each row in both columns.
import assert from "node:assert/strict";
import { type AdaptationOptions, createAdaptation } from "@nri/adaptation";
import { defaultValidator } from "@nri/adaptation/validator";
import { createClient } from "@nri/legacy";
import { applyAdjustment, parseSpec, printSpec } from "@nri/oci";
import {
  type ContainerEviction,
  type ContainerUpdate,
  type CreateContainerResponse,
  EVENTS,
  VALID_EVENTS,
} from "@nri/protocol";
import { pause, until } from "../waits.js";
import {
  APPLIED,
  applied,
  BOTH,
  creates,
  DROPPED,
  isStatus,
  REMOVALS,
  SILENT,
  stops,
  UNKNOWN_EVENTS,
  updates,
} from "./answers.js";
import { CONFIG, POD, type Spec } from "./commands.js";
import { Gate, PATIENCE_MS, type Place } from "./place.js";
import { type Column, testRows } from "./rows.js";

const WEB = { id: "c", name: "web", env: ["GONE=original"], linux: { devices: [{ path: "/dev/gone", type: "c" }] } };
const CREATE = { pod: POD, container: WEB };

async function library(place: Place, compat: Column, options: Partial<AdaptationOptions> = {}) {
  const told: { plugin: string; updates: readonly ContainerUpdate[]; evictions: readonly ContainerEviction[] }[] = [];
  const warnings: string[] = [];
  const adaptation = createAdaptation({
    runtime: { name: "compat", version: "v1.0.0" },
    synchronize: async (sync) => void (await sync([], [])),
    updateContainers: async (updates, { plugin, evictions }) => {
      told.push({ plugin: plugin.name, updates, evictions });
      return [];
    },
    socketPath: place.socket,
    requestTimeoutMs: 5000,
    observer: { warning: ({ text }) => void warnings.push(text) },
    compat,
    ...options,
  });
  place.after(() => adaptation.stop());
  await adaptation.start();
  const names = () => adaptation.plugins.map(({ name }) => name);
  return { adaptation, told, warnings, names };
}

function put(adjust: CreateContainerResponse["adjust"] | object, compat: Column): Spec {
  const { spec } = applyAdjustment(parseSpec(JSON.stringify(CONFIG)), adjust as never, { compat });
  return JSON.parse(printSpec(spec)) as Spec;
}

testRows("the library", {
  async deadline(place, column) {
    const dropped = await library(place, column, { requestTimeoutMs: 700 });
    const silent = await place.plugin(SILENT);
    await dropped.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    await dropped.adaptation.createContainer(CREATE);
    assert.deepEqual(dropped.names(), []);
    await silent.closed;
    await dropped.adaptation.stop();

    const policies = {
      rules: [{ plugin: "one", events: ["createContainer"], timeoutMs: 300, failure: "skip" }],
    } as const;
    if (column === "reference") {
      await assert.rejects(library(place, column, { policies }), { code: "invalid-option" });
      return;
    }
    const { adaptation, names } = await library(place, column, { policies });
    const kept = await place.plugin(SILENT);
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    await adaptation.createContainer(CREATE);
    await adaptation.postCreateContainer(CREATE);
    assert.deepEqual(names(), ["10-one"]);
    assert.equal(kept.count("PostCreateContainer"), 1);
  },

  async required(place, column) {
    const builtins = [defaultValidator({ enable: true, requiredPlugins: ["one"], parseYaml: JSON.parse })];
    const { adaptation } = await library(place, column, { requestTimeoutMs: 700, builtins });
    await place.plugin(SILENT);
    await adaptation.waitForPlugins(2, { timeoutMs: 5000 });
    const unanswered = adaptation.createContainer(CREATE);
    // It was registered when that began, and is not when this begins.
    const runPod = () => adaptation.runPodSandbox({ pod: POD });
    if (column === "reference") {
      await unanswered;
      await runPod();
    } else {
      const code = "validator-rejected";
      await assert.rejects(unanswered, { code, message: /required plugin "one" did not answer/ });
      await assert.rejects(runPod, { code: "required-plugin" });
    }
    const code = "validator-rejected";
    await assert.rejects(adaptation.createContainer(CREATE), { code, message: /required plugin "one" not present/ });
  },

  async events(place, column) {
    const { adaptation, names, warnings } = await library(place, column);
    const plugin = await place.plugin({ events: UNKNOWN_EVENTS });
    if (column === "reference") {
      await plugin.closed;
      await until("a warning", () => warnings.length > 0, PATIENCE_MS);
      assert.deepEqual(names(), []);
    } else {
      await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
      assert.equal(adaptation.plugins[0]?.events, EVENTS.createContainer.mask);
      await adaptation.createContainer(CREATE);
      assert.equal(plugin.count("CreateContainer"), 1);
    }
    assert.match(warnings.join("\n"), /invalid plugin events: 0x40000000/);
  },

  async duplicate(place, column) {
    const { adaptation, names } = await library(place, column);
    const first = await place.plugin();
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    const second = await place.connect();
    if (column === "reference") {
      await second.register();
      await adaptation.waitForPlugins(2, { timeoutMs: 5000 });
    } else {
      await assert.rejects(second.register(), isStatus("ALREADY_EXISTS", /plugin "10-one" is registered already/));
    }
    const third = await place.plugin({ takeover: true });
    if (column === "reference") await adaptation.waitForPlugins(3, { timeoutMs: 5000 });
    else await first.closed;
    await adaptation.createContainer(CREATE);
    assert.deepEqual(
      [first, second, third].map((plugin) => plugin.count("CreateContainer")),
      column === "reference" ? [1, 1, 1] : [0, 0, 1],
    );
    assert.equal(names().length, column === "reference" ? 3 : 1);
  },

  async registration(place, column) {
    const { adaptation, names, told } = await library(place, column);
    const plugin = await place.connect();
    const early = plugin.updateContainers({ update: [{ containerId: "c" }] });
    if (column === "reference") await early;
    else await assert.rejects(early, isStatus("FAILED_PRECONDITION", /has not registered/));
    assert.equal(told.length, column === "reference" ? 1 : 0);
    await plugin.register();
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    const again = plugin.register({ index: "20", name: "two" });
    if (column === "reference") await again;
    else await assert.rejects(again, isStatus("ALREADY_EXISTS", /"10-one" is registered already on this connection/));
    assert.deepEqual(names(), [column === "reference" ? "20-two" : "10-one"]);
  },

  async shutdown(place, column) {
    const { adaptation } = await library(place, column);
    const finished = new Gate();
    const plugin = await place.plugin({
      answers: {
        Shutdown: async () => {
          await pause(100);
          finished.open();
          return new Uint8Array(0);
        },
      },
    });
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    await adaptation.stop();
    await plugin.closed;
    assert.equal(plugin.count("Shutdown"), column === "reference" ? 0 : 1);
    if (column === "default") assert.ok(finished.isOpen, "it had time to finish");
  },

  async shown(place, column) {
    const shown: string[] = [];
    const { adaptation } = await library(place, column, {
      builtins: [
        {
          index: "00",
          name: "judge",
          validateUpdates: ({ source, updates, evictions }) =>
            void shown.push(`${source} ${updates.length} ${evictions.length}`),
        },
      ],
    });
    const other = [{ containerId: "other", linux: { resources: { cpu: { shares: { value: 2n } } } } }];
    const create = creates(() => ({ update: other, evict: [{ containerId: "other", reason: "" }] }));
    const update = updates(() => ({ update: other }));
    const plugin = await place.plugin({
      events: VALID_EVENTS & ~EVENTS.validateContainerAdjustment.mask,
      answers: { ...create.answers, ...update.answers, ...stops(other).answers },
    });
    await adaptation.waitForPlugins(2, { timeoutMs: 5000 });
    await adaptation.createContainer(CREATE);
    await adaptation.updateContainer({ ...CREATE, linuxResources: {} });
    await adaptation.stopContainer(CREATE);
    await plugin.updateContainers({ update: other });
    const all = ["createContainer 1 1", "updateContainer 1 0", "stopContainer 1 0", "unsolicited 1 0"];
    assert.deepEqual(shown, column === "reference" ? [] : all);
  },

  async removals(place, column) {
    const { adaptation } = await library(place, column);
    const pids = updates(({ container }) => ({
      update: [{ containerId: container?.id ?? "", linux: { resources: { pids: { limit: 7n } } } }],
    }));
    await place.plugin({ ...pids, answers: { ...pids.answers, ...creates(() => REMOVALS).answers }, events: BOTH });
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    const { adjust } = await adaptation.createContainer(CREATE);
    const [variables, devices] = [adjust?.env.map(({ key }) => key), adjust?.linux?.devices.map(({ path }) => path)];
    if (column === "reference") assert.deepEqual([variables, devices], [["BOTH"], []]);
    else {
      assert.ok(variables?.includes("-GONE"));
      assert.deepEqual(devices, ["-/dev/gone"]);
    }
    const spec = put(adjust ?? {}, column);
    const gone = column === "default";
    assert.equal(spec.process.env.includes("GONE=original"), !gone);
    assert.ok(spec.process.env.includes("BOTH=new"));
    assert.equal(spec.linux.devices?.some(({ path }) => path === "/dev/gone") ?? false, !gone);

    const { update } = await adaptation.updateContainer({ ...CREATE, linuxResources: { pids: { limit: 3n } } });
    assert.equal(update.at(-1)?.linux?.resources?.pids?.limit, column === "reference" ? 3n : 7n);

    // One adjustment that adds and removes the same, in this order.
    const device = { path: "/dev/gone", type: "c", major: 10n, minor: 2n };
    const both = put({ linux: { devices: [device, { path: "-/dev/gone" }] } }, column);
    assert.equal(both.linux.devices?.length ?? 0, column === "reference" ? 0 : 1);
  },

  async eviction(place, column) {
    const { adaptation, told } = await library(place, column);
    const evict = [{ containerId: "other", reason: "hot" }];
    const update = updates(() => ({ evict }));
    const plugin = await place.plugin({
      events: BOTH,
      answers: { ...creates(() => ({ evict })).answers, ...update.answers },
    });
    await adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    const answers = [
      await adaptation.createContainer(CREATE),
      await adaptation.updateContainer({ ...CREATE, linuxResources: {} }),
    ];
    await plugin.updateContainers({ evict });
    const asked = [...answers.map((answer) => answer.evict), ...told.map(({ evictions }) => evictions)];
    assert.equal(asked.length, 3);
    for (const evictions of asked) {
      const reasons = evictions.map(({ containerId, reason }) => `${containerId} ${reason}`);
      assert.deepEqual(reasons, column === "reference" ? [] : ["other hot"]);
    }
  },

  async badName(place, column) {
    await place.file("no-index", "#!/bin/sh\nexit 1\n", 0o755);
    const started = library(place, column, { pluginDir: place.dir });
    if (column === "reference") {
      await assert.rejects(started, {
        code: "discovery-failed",
        message: /failed to discover plugins in .*invalid plugin index "no"/,
      });
      return;
    }
    assert.match((await started).warnings.join("\n"), /skipping .*no-index: invalid plugin/);
  },

  async generator(_place, column) {
    assert.deepEqual(applied(put(DROPPED.adjust ?? {}, column)), APPLIED[column]);
  },

  async legacy(place, column) {
    const conf = await place.file("conf.json", '{"version": "0.1", "plugins": [{"type": "elsewhere"}]}');
    await place.file("elsewhere", `#!/bin/sh\nprintf '{"plugin": "%s"}' "$NRI_COMPAT_TEST"\n`, 0o755);
    process.env.NRI_COMPAT_TEST = "inherited";
    process.env.PATH = `${place.dir}:${process.env.PATH}`; // both columns may be under way
    try {
      const client = await createClient({ confPath: conf, binDir: "/opt/nri/bin", compat: column });
      const asked = client.invoke({ id: "c", spec: parseSpec(JSON.stringify(CONFIG)) }, "create");
      if (column === "reference") assert.equal((await asked)[0]?.plugin, "inherited");
      else await assert.rejects(asked, /"elsewhere": executable file not found in \/opt\/nri\/bin$/);
    } finally {
      process.env.PATH = process.env.PATH.replace(`${place.dir}:`, "");
    }
  },
});

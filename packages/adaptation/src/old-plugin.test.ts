// Plugins of old releases, by what they do on the wire: calls that they lack, a mask of 0, no version, no parts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_NAMES, EVENTS, VALID_EVENTS } from "@nri/protocol";
import { StatusError } from "@nri/ttrpc";
import { eventually, startLab } from "./lab.fixture.js";
import { connectRawPlugin, failing, type RawPluginOptions } from "./raw-plugin.fixture.js";

const pod = { id: "pod0", name: "pod", namespace: "default" };
const container = { id: "ctr0", podSandboxId: "pod0", name: "ctr" };
const MODES = ["default", "reference"] as const;

/** The calls that plugins got with v0.10.0 and with v0.12.0. */
const SINCE_0_10 = ["UpdatePodSandbox", "ValidateContainerAdjustment"];
const SINCE_0_12 = EVENT_NAMES.filter((name) => EVENTS[name].stateChange).map((name) => EVENTS[name].name as string);
const lacking = (methods: readonly string[]): NonNullable<RawPluginOptions["methods"]> =>
  Object.fromEntries(methods.map((method) => [method, undefined]));

test("a plugin that lacks one dedicated call gets the others as StateChange as well, also those that it has", async () => {
  for (const compat of MODES) {
    await using lab = await startLab({ compat });
    const plugin = await lab.connect({ events: VALID_EVENTS, methods: lacking(["StartContainer"]) });
    await lab.adaptation.runPodSandbox({ pod });
    await lab.adaptation.startContainer({ pod, container });
    await lab.adaptation.runPodSandbox({ pod });
    assert.deepEqual(plugin.methods.slice(2), ["RunPodSandbox", "StateChange", "StateChange"]);
    assert.deepEqual(
      plugin
        .requests<{ event: number; container?: { id: string } }>("StateChange")
        .map(({ event, container: of }) => [event, of?.id]),
      [
        [EVENTS.startContainer.event, "ctr0"],
        [EVENTS.runPodSandbox.event, undefined],
      ],
    );
  }
});

test("a plugin that answers mask 0 and knows neither pod updates nor validation breaks nothing; with compat reference it fails them, and only them", async () => {
  for (const compat of MODES) {
    await using lab = await startLab({ compat });
    await lab.connect({ name: "old", events: 0, methods: lacking([...SINCE_0_10, ...SINCE_0_12]) });
    const { adaptation } = lab;
    if (compat === "reference") {
      await assert.rejects(adaptation.updatePodSandbox({ pod }), {
        code: "request-failed",
        message: "rpc error: code = Unimplemented desc = method UpdatePodSandbox",
      });
      await assert.rejects(adaptation.createContainer({ pod, container }), (error: Error) => {
        assert.match(error.message, /validator plugin 10-old failed: rpc error: code = Unimplemented/);
        return true;
      });
    } else {
      await adaptation.updatePodSandbox({ pod });
      await adaptation.createContainer({ pod, container });
    }
    for (const name of EVENT_NAMES.filter((one) => EVENTS[one].stateChange)) {
      if (name !== "validateContainerAdjustment") await adaptation[name]({ pod, container });
    }
    await adaptation.updateContainer({ pod, container });
    await adaptation.stopContainer({ pod, container });
    assert.equal(adaptation.plugins.length, 1);
  }
});

test("an error that an old plugin answers to StateChange fails the request, without a warning of the way it came", async () => {
  await using lab = await startLab();
  const methods = { ...lacking(SINCE_0_12), StateChange: failing("not now") };
  await lab.connect({ events: EVENTS.startContainer.mask, methods });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), {
    code: "request-failed",
    message: "rpc error: code = Unknown desc = not now",
  });
  assert.deepEqual(lab.warnings, []);
});

test("a plugin that knows neither the call nor StateChange fails the request with its Unimplemented", async () => {
  await using lab = await startLab();
  await lab.connect({ events: EVENTS.startContainer.mask, methods: lacking(["StartContainer", "StateChange"]) });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), {
    code: "request-failed",
    message: "rpc error: code = Unimplemented desc = method StateChange",
  });
});

test("Unimplemented that a handler answers of itself means the same as a call that is not there", async () => {
  await using lab = await startLab();
  const StartContainer = (): never => {
    throw new StatusError(12, "not in this version");
  };
  const plugin = await lab.connect({ events: EVENTS.startContainer.mask, methods: { StartContainer } });
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(plugin.methods.slice(2), ["StartContainer", "StateChange"]);
});

test("a plugin is warned of once for each event that came as StateChange", async () => {
  await using lab = await startLab();
  await lab.connect({ name: "old", events: VALID_EVENTS, methods: lacking([...SINCE_0_10, ...SINCE_0_12]) });
  for (let i = 0; i < 2; i++) {
    await lab.adaptation.startContainer({ pod, container });
    await lab.adaptation.removePodSandbox({ pod });
  }
  assert.deepEqual(
    lab.warnings.map(({ text }) => text).filter((text) => text.includes("deprecated")),
    ["StartContainer", "RemovePodSandbox"].map(
      (event) => `plugin 10-old uses deprecated StateChange instead of a dedicated ${event} RPC call`,
    ),
  );
});

test("a plugin that does not tell its NRI version is registered", async () => {
  await using lab = await startLab();
  const plugin = await connectRawPlugin(lab.socket, { unregistered: true, events: EVENTS.startContainer.mask });
  await plugin.register("10", "old", "");
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5_000 });
  assert.ok(
    lab.log.includes('plugin "external:10-old[0]" registered as "10-old" (with NRI version unknown)'),
    lab.log.join("\n"),
  );
  plugin.close();
});

test("a plugin that answers a synchronisation in one message with more is taken: it only says that it knows parts", async () => {
  await using lab = await startLab();
  await lab.connect({ events: EVENTS.startContainer.mask, synchronize: () => ({ more: true, update: [] }) });
  await eventually(() => lab.adaptation.plugins.length === 1, "the plugin has joined");
});

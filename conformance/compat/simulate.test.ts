// The table `compat` in `nri simulate`: each row in both columns, seen in the result and by the plugins.
import assert from "node:assert/strict";
import { EVENTS, type Init, type UpdateContainersRequest, VALID_EVENTS } from "@nri/protocol";
import { pause } from "../waits.js";
import {
  APPLIED,
  applied,
  BOTH,
  creates,
  DROPPED,
  isStatus,
  REMOVALS,
  SILENT,
  UNKNOWN_EVENTS,
  updates,
} from "./answers.js";
import { simulate, simulateText } from "./commands.js";
import { Gate } from "./place.js";
import { testRows } from "./rows.js";

testRows("nri simulate", {
  async deadline(place, column) {
    const outside = ["--socket", place.socket];
    const dropping = simulate(place, column, [...outside, "--request-timeout", "700ms"]);
    const silent = await place.plugin(SILENT);
    const dropped = await dropping;
    assert.equal(dropped.code, 1);
    assert.ok(dropped.spec !== null, "the container is created all the same");
    assert.equal(silent.count("PostCreateContainer"), 0);

    const file = await place.file(
      "p.yaml",
      "rules:\n- {plugin: one, events: [createContainer], timeout: 300ms, failure: skip}\n",
    );
    const keeping = simulate(place, column, [...outside, "--policies", file]);
    if (column === "reference") {
      const { code, stderr } = await keeping;
      assert.deepEqual([code, /the reference has no policies/.test(stderr)], [2, true]);
      return;
    }
    const kept = await place.plugin(SILENT);
    assert.ok((await keeping).spec !== null);
    assert.equal(kept.count("PostCreateContainer"), 1);
  },

  async required(place, column) {
    const validator = await place.file("v.yaml", "enable: true\nrequiredPlugins: [one]\n");
    const args = ["--socket", place.socket, "--request-timeout", "700ms", "--validator", validator];
    const playing = simulate(place, column, args);
    await place.plugin(SILENT);
    const { code, spec, reasons } = await playing;
    assert.equal(code, 1); // a plugin that hung, in any case
    assert.equal(spec !== null, column === "reference");
    const why = column === "reference" ? "" : 'validation error: required plugin "one" did not answer';
    assert.deepEqual(reasons, [why]);
  },

  async events(place, column) {
    // One that does not come is waited for.
    const wait = column === "reference" ? "1500ms" : "10s";
    const playing = simulate(place, column, ["--socket", place.socket, "--wait-timeout", wait]);
    const plugin = await place.plugin({ events: UNKNOWN_EVENTS });
    const { code, stderr } = await playing;
    assert.match(stderr, /invalid plugin events: 0x40000000/);
    assert.equal(code, column === "reference" ? 1 : 0);
    assert.equal(plugin.count("CreateContainer"), column === "reference" ? 0 : 1);
  },

  async duplicate(place, column) {
    // The pod waits until the others have tried.
    const tried = new Gate();
    const args = ["--socket", place.socket, "--request-timeout", "5s"];
    const playing = simulate(place, column, args);
    const first = await place.plugin({
      events: EVENTS.runPodSandbox.mask | EVENTS.createContainer.mask,
      answers: { RunPodSandbox: () => tried.opened.then(() => new Uint8Array(0)) },
    });
    const second = await place.connect();
    if (column === "reference") await second.register();
    else await assert.rejects(second.register(), isStatus("ALREADY_EXISTS", /plugin "10-one" is registered already/));
    const third = await place.plugin({ takeover: true });
    tried.open();
    const { code, plugins } = await playing;
    const calls = [first, second, third].map((plugin) => plugin.count("CreateContainer"));
    const told = [first, third].map((plugin) => plugin.count("Shutdown"));
    assert.deepEqual(calls, column === "reference" ? [1, 1, 1] : [0, 0, 1]);
    assert.deepEqual(told, column === "reference" ? [0, 0] : [1, 1]);
    assert.equal(code, column === "reference" ? 0 : 1); // one that registered badly
    assert.ok(plugins.every(({ name }) => name === "10-one"));
  },

  async registration(place, column) {
    const playing = simulate(place, column, ["--socket", place.socket, "--request-timeout", "5s"]);
    const again = new Gate();
    const plugin = await place.connect({
      events: EVENTS.runPodSandbox.mask | EVENTS.createContainer.mask,
      answers: { RunPodSandbox: () => again.opened.then(() => new Uint8Array(0)) },
    });
    const early = plugin.updateContainers({ update: [{ containerId: "c" }] });
    if (column === "reference") await early;
    else await assert.rejects(early, isStatus("FAILED_PRECONDITION", /has not registered/));
    await plugin.register();
    const second = plugin.register({ index: "20", name: "two" });
    if (column === "reference") await second;
    else await assert.rejects(second, isStatus("ALREADY_EXISTS", /is registered already on this connection/));
    again.open();
    const { code, plugins, steps } = await playing;
    const name = column === "reference" ? "20-two" : "10-one";
    assert.deepEqual([code, plugins.map((one) => one.name)], [0, [name]]);
    assert.ok(steps.every((step) => step.plugin === name));

    const showing = simulateText(place, column, ["--socket", place.socket]);
    const nameless = await place.connect();
    await nameless.updateContainers({ update: [{ containerId: "c" }] }).catch(() => undefined); // as above
    await nameless.register();
    const { stdout } = await showing;
    assert.equal(/^note: a plugin that has not registered updated c on its own$/m.test(stdout), column === "reference");
  },

  async shutdown(place, column) {
    const launched = await place.recorder();
    // A program takes its time to start on a busy machine.
    const patient = ["--registration-timeout", "30s", "--request-timeout", "10s"];
    const playing = simulate(place, column, ["--socket", place.socket, "--plugin-dir", place.dir, ...patient]);
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
    assert.equal((await playing).code, 0);
    assert.equal(plugin.count("Shutdown"), column === "default" ? 1 : 0);
    assert.equal(finished.isOpen, column === "default");
    const calls = await launched();
    assert.ok(calls.includes("Synchronize"), calls.join());
    assert.equal(calls.includes("Shutdown"), column === "default");
  },

  shown: "its only builtin, the default validator, judges no updates",

  async removals(place, column) {
    const playing = simulate(place, column, ["--socket", place.socket, "--update", "cpu=100m"]);
    const limit = (container: { id: string } | undefined, pids: bigint) => [
      { containerId: container?.id ?? "", linux: { resources: { pids: { limit: pids } } } },
    ];
    await place.plugin({
      events: BOTH,
      answers: {
        ...creates(() => REMOVALS).answers,
        ...updates(({ container }) => ({ update: limit(container, 7n) })).answers,
      },
    });
    const { code, spec } = await playing;
    const stays = column === "reference";
    assert.equal(code, 0);
    assert.equal(spec?.process.env.includes("GONE=original"), stays);
    assert.ok(spec?.process.env.includes("BOTH=new"));
    assert.equal((spec?.linux.devices ?? []).length, stays ? 1 : 0);
    assert.deepEqual(spec?.linux.resources?.pids, stays ? undefined : { limit: 7 });
  },

  async eviction(place, column) {
    const ways = ["createContainer", "updateContainer", "unsolicited"] as const;
    for (const way of ways) {
      const playing = simulate(place, column, ["--socket", place.socket, "--update", "cpu=100m"]);
      const asks = (container: { id: string } | undefined): Init<UpdateContainersRequest> => ({
        evict: [{ containerId: container?.id ?? "", reason: "hot" }],
      });
      const asking = new Gate();
      const plugin = await place.plugin({
        events: VALID_EVENTS & ~EVENTS.validateContainerAdjustment.mask,
        answers: {
          ...creates(({ container }) => (way === "createContainer" ? asks(container) : {})).answers,
          ...updates(({ container }) => (way === "updateContainer" ? asks(container) : {})).answers,
          PostStartContainer: async (payload) => {
            const { container } = EVENTS.postStartContainer.request.decode(payload) as { container?: { id: string } };
            if (way === "unsolicited") await plugin.updateContainers(asks(container));
            asking.open();
            return new Uint8Array(0);
          },
        },
      });
      const { code, steps } = await playing;
      const names = steps.map(({ event }) => event);
      const evicted = { createContainer: "PostStartContainer", updateContainer: "PostUpdateContainer" };
      assert.equal(code, 0);
      assert.ok(asking.isOpen);
      // Evicted at once: before the update that is asked for next, or after the one that evicted it.
      const before = names[names.indexOf("StopContainer") - 1];
      const last = way === "updateContainer" ? evicted.updateContainer : evicted.createContainer;
      assert.equal(before, column === "reference" ? "PostUpdateContainer" : last, way);
    }
  },

  async badName(place, column) {
    await place.file("no-index", "#!/bin/sh\nexit 1\n", 0o755);
    const { code, stderr, spec } = await simulate(place, column, ["--plugin-dir", place.dir]);
    assert.match(stderr, /invalid plugin index "no"/);
    if (column === "reference") assert.deepEqual([code, spec], [2, null]);
    else {
      assert.equal(code, 0);
      assert.match(stderr, /skipping .*no-index/);
    }
  },

  async generator(place, column) {
    const playing = simulate(place, column, ["--socket", place.socket]);
    await place.plugin(creates(() => DROPPED));
    const { code, spec } = await playing;
    assert.ok(code === 0 && spec !== null);
    assert.deepEqual(applied(spec), APPLIED[column]);
  },

  legacy: "it calls no v0.1.0 plugins itself",
});

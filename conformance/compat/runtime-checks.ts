// The rows of the table `compat` as a runtime behind JSON lines shows them: in the lines that it prints, and to the plugins.
import assert from "node:assert/strict";
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
import { CONFIG, Runtime, type RuntimeAnswer, type Spec } from "./commands.js";
import { Gate } from "./place.js";
import type { Checks } from "./rows.js";

/** For `nri runtime` in both columns, and for the Go program in that of the reference. */
export const RUNTIME_CHECKS: Checks = {
  async deadline(place, column) {
    const dropping = new Runtime(place, column, ["--req-timeout", "700ms"]);
    const silent = await place.plugin(SILENT);
    await dropping.plugins(1);
    assert.equal((await dropping.ask("CreateContainer")).ok, true);
    assert.equal((await dropping.step({ op: "Plugins" })).res?.plugins, 0);
    await silent.closed;
    assert.match((await dropping.end()).stderr, /closing plugin 10-one/);

    if (place.refruntime !== undefined) return; // it has no policies to refuse
    const file = await place.file(
      "p.yaml",
      "rules:\n- {plugin: one, events: [createContainer], timeout: 300ms, failure: skip}\n",
    );
    const keeping = new Runtime(place, column, ["--policies", file]);
    if (column === "reference") {
      const { code, stderr } = await keeping.end();
      assert.deepEqual([code, /the reference has no policies/.test(stderr)], [2, true]);
      return;
    }
    const kept = await place.plugin(SILENT);
    await keeping.plugins(1);
    assert.equal((await keeping.ask("CreateContainer")).ok, true);
    assert.equal((await keeping.ask("PostCreateContainer")).ok, true);
    assert.equal(kept.count("PostCreateContainer"), 1);
    await keeping.end();
  },

  async required(place, column) {
    const validator = '{"enable": true, "requiredPlugins": ["one"]}';
    const runtime = new Runtime(place, column, ["--req-timeout", "700ms", "--validator", validator]);
    await place.plugin(SILENT);
    await runtime.plugins(2);
    const unanswered = await runtime.ask("CreateContainer");
    const pod = await runtime.step({ op: "RunPodSandbox", req: { pod: { id: "p", name: "pod" } } });
    const missing = await runtime.ask("CreateContainer");
    assert.match(missing.error ?? "", /required plugin "one" not present/);
    assert.deepEqual(
      [unanswered.ok, pod.ok, missing.ok],
      column === "reference" ? [true, true, false] : [false, false, false],
    );
    if (column === "default") assert.match(unanswered.error ?? "", /required plugin "one" did not answer/);
    await runtime.end();
  },

  async events(place, column) {
    // One that does not come is waited for.
    const runtime = new Runtime(place, column, ["--wait", column === "reference" ? "1s" : "10s"]);
    const plugin = await place.plugin({ events: UNKNOWN_EVENTS });
    const { res } = await runtime.step({ op: "WaitPlugins", n: 1 });
    await runtime.ask("CreateContainer");
    const known = column === "reference" ? 0 : 1;
    assert.deepEqual([res?.plugins, plugin.count("CreateContainer")], [known, known]);
    if (column === "reference") await plugin.closed;
    assert.match((await runtime.end()).stderr, /^[WE] .*invalid plugin events: 0x40000000/m);
  },

  async duplicate(place, column) {
    const runtime = new Runtime(place, column);
    const first = await place.plugin();
    await runtime.plugins(1);
    const second = await place.connect();
    if (column === "reference") await second.register();
    else await assert.rejects(second.register(), isStatus("ALREADY_EXISTS", /plugin "10-one" is registered already/));
    const third = await place.plugin({ takeover: true });
    if (column === "reference") await runtime.plugins(3);
    else await first.closed;
    await runtime.ask("CreateContainer");
    const calls = [first, second, third].map((plugin) => plugin.count("CreateContainer"));
    assert.deepEqual(calls, column === "reference" ? [1, 1, 1] : [0, 0, 1]);
    assert.equal((await runtime.step({ op: "Plugins" })).res?.plugins, column === "reference" ? 3 : 1);
    await runtime.end();
    const told = [first, third].map((plugin) => plugin.count("Shutdown"));
    assert.deepEqual(told, column === "reference" ? [0, 0] : [1, 1]);
  },

  async registration(place, column) {
    const runtime = new Runtime(place, column);
    const sets = creates(() => ({ adjust: { args: ["a"] } }));
    const plugin = await place.connect(sets);
    const early = plugin.updateContainers({ update: [{ containerId: "c" }] });
    if (column === "reference") await early;
    else await assert.rejects(early, isStatus("FAILED_PRECONDITION", /has not registered/));
    await plugin.register();
    await runtime.plugins(1);
    assert.equal(runtime.told("UpdateContainers").length, column === "reference" ? 1 : 0);
    const again = plugin.register({ index: "20", name: "two" });
    if (column === "reference") await again;
    else await assert.rejects(again, isStatus("ALREADY_EXISTS", /is registered already on this connection/));
    // What it is called now is what a conflict says.
    await place.plugin({ index: "30", name: "three", ...sets });
    await runtime.plugins(2);
    const { error } = await runtime.ask("CreateContainer");
    const name = column === "reference" ? "20-two" : "10-one";
    assert.match(error ?? "", new RegExp(`plugins "30-three" and "${name}" both tried to set Args`));
    await runtime.end();
  },

  async shutdown(place, column) {
    const launched = await place.recorder();
    const runtime = new Runtime(place, column, ["--plugin-path", place.dir, ...PATIENT]);
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
    await runtime.plugins(2);
    assert.equal((await runtime.step({ op: "Stop" })).ok, true);
    assert.equal(finished.isOpen, column === "default");
    await runtime.end();
    await plugin.closed;
    assert.equal(plugin.count("Shutdown"), column === "default" ? 1 : 0);
    const calls = await launched();
    assert.ok(calls.includes("Synchronize"), calls.join());
    assert.equal(calls.includes("Shutdown"), column === "default");
  },

  shown: "its only builtin, the default validator, judges no updates",

  async removals(place, column) {
    const runtime = new Runtime(place, column);
    const pids = updates(() => ({
      update: [{ containerId: "c", linux: { resources: { pids: { limit: 7n } } } }],
    }));
    await place.plugin({ events: BOTH, answers: { ...creates(() => REMOVALS).answers, ...pids.answers } });
    await runtime.plugins(1);
    const { res } = await runtime.ask("CreateContainer", { env: ["GONE=original"] });
    const spec = await apply(runtime, res?.adjust ?? {});
    const stays = column === "reference";
    assert.equal(spec.process.env.includes("GONE=original"), stays);
    assert.ok(spec.process.env.includes("BOTH=new"));
    assert.equal((spec.linux.devices ?? []).length, stays ? 1 : 0);

    const updated = await runtime.ask("UpdateContainer", {}, { linuxResources: { pids: { limit: "3" } } });
    assert.deepEqual(updated.res?.update?.at(-1), {
      containerId: "c",
      linux: { resources: { cpu: {}, memory: {}, pids: { limit: stays ? "3" : "7" } } },
    });

    // One adjustment that adds and removes the same, in this order.
    const device = { path: "/dev/gone", type: "c", major: "10", minor: "2" };
    const both = await apply(runtime, { linux: { devices: [device, { path: "-/dev/gone" }] } });
    assert.equal((both.linux.devices ?? []).length, stays ? 0 : 1);
    await runtime.end();
  },

  async eviction(place, column) {
    const runtime = new Runtime(place, column);
    const evict = [{ containerId: "other", reason: "hot" }];
    const plugin = await place.plugin({
      events: BOTH,
      answers: { ...creates(() => ({ evict })).answers, ...updates(() => ({ evict })).answers },
    });
    await runtime.plugins(1);
    const answers = [await runtime.ask("CreateContainer"), await runtime.ask("UpdateContainer")];
    await plugin.updateContainers({ evict });
    const [unsolicited] = runtime.told("UpdateContainers");
    assert.ok(unsolicited !== undefined);
    const asked = [...answers.map(({ res }) => res?.evict), unsolicited.req?.evict];
    const wanted = column === "reference" ? undefined : evict;
    assert.deepEqual(asked, [wanted, wanted, wanted]);
    await runtime.end();
  },

  async badName(place, column) {
    await place.file("no-index", "#!/bin/sh\nexit 1\n", 0o755);
    const { code, stderr } = await new Runtime(place, column, ["--plugin-path", place.dir]).end();
    if (column === "reference") {
      assert.equal(code, place.refruntime === undefined ? 2 : 1);
      assert.match(stderr, /failed to discover plugins in .*: invalid plugin index "no"/);
    } else {
      assert.equal(code, 0);
      assert.match(stderr, /^E skipping .*no-index: invalid plugin index "no"/m);
    }
  },

  async generator(place, column) {
    const runtime = new Runtime(place, column);
    await place.plugin(creates(() => DROPPED));
    await runtime.plugins(1);
    const { res } = await runtime.ask("CreateContainer");
    assert.deepEqual(applied(await apply(runtime, res?.adjust ?? {})), APPLIED[column]);
    await runtime.end();
  },

  legacy: "it calls no v0.1.0 plugins itself",
};

/** A program takes its time to start on a busy machine. */
const PATIENT = ["--reg-timeout", "30s", "--req-timeout", "10s", "--wait", "30s"];

async function apply(runtime: Runtime, adjustment: NonNullable<RuntimeAnswer["adjust"]>): Promise<Spec> {
  const { res, error } = await runtime.step({ op: "ApplyAdjustment", spec: CONFIG, req: adjustment });
  assert.equal(error, undefined);
  return res as unknown as Spec;
}

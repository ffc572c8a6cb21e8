// Both ends without a node, against each other: steps and answers, scripts and records, and what is wrong with either.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join as joinPath } from "node:path";
import { test } from "node:test";
import { definePlugin, type PluginSession, silentLogger } from "@nri/plugin";
import { EVENT_NAMES, EVENTS, VALID_EVENTS } from "@nri/protocol";
import type { JsonObject, JsonValue } from "@nri/protocol/json";
import { goJson, RawJson } from "./json-lines.js";
import { Scenario } from "./scenario.js";
import { type PluginScript, parseScript } from "./script.js";
import { type ScriptedPluginOptions, scriptedPlugin, standInEvents } from "./scripted-plugin.js";

interface Lab extends AsyncDisposable {
  readonly scenario: Scenario;
  readonly lines: JsonObject[];
  /** What the plugins recorded: `10-a CreateContainer`. */
  readonly calls: string[];
  step(step: JsonObject | string): Promise<JsonObject>;
  /** Lets one more plugin join. */
  join(script: PluginScript, more?: Partial<ScriptedPluginOptions>): Promise<void>;
}

/** A scenario with plugins that answer from these scripts, called 10-a, 11-b, ... */
async function lab(scripts: readonly PluginScript[], more: Partial<ScriptedPluginOptions> = {}): Promise<Lab> {
  const folder = await mkdtemp(joinPath(tmpdir(), "nri-stand-ins-"));
  const socketPath = joinPath(folder, "nri.sock");
  const lines: JsonObject[] = [];
  const calls: string[] = [];
  const scenario = new Scenario({
    emit: (line) => void lines.push(JSON.parse(line) as JsonObject),
    adaptation: { runtime: { name: "lab", version: "1" }, socketPath },
    waitTimeoutMs: 5000,
    state: { pods: [{ id: "p" }] },
  });
  await scenario.start();
  const sessions: PluginSession[] = [];
  const join = async (script: PluginScript, options: Partial<ScriptedPluginOptions> = {}): Promise<void> => {
    const [index, name] = [String(10 + sessions.length), "abcdef"[sessions.length] ?? ""];
    const record = (method: string): void => void calls.push(`${index}-${name} ${method}`);
    const plugin = definePlugin(scriptedPlugin({ index, name, script, record, ...options }));
    sessions.push(await plugin.start({ socketPath, log: silentLogger, environment: {} }));
    await scenario.step(`{"op":"WaitPlugins","n":${sessions.length}}`);
  };
  for (const script of scripts) await join(script, more);
  return {
    scenario,
    lines,
    calls,
    join,
    step: async (step) => {
      const before = lines.filter(({ event }) => event === undefined).length;
      await scenario.step(typeof step === "string" ? step : JSON.stringify(step));
      return lines.filter(({ event }) => event === undefined)[before] ?? {};
    },
    [Symbol.asyncDispose]: async () => {
      await scenario[Symbol.asyncDispose]();
      await Promise.all(sessions.map((session) => session.closed));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const created = (name: string): JsonObject => ({
  op: "CreateContainer",
  req: { pod: { id: "p", name: "p" }, container: { id: `id-${name}`, name } },
});

test("each of the 13 calls reaches the plugin that answers nothing", async () => {
  await using one = await lab([{}]);
  for (const event of EVENT_NAMES) {
    if (event === "validateContainerAdjustment") continue;
    const op = EVENTS[event].name;
    const answer = await one.step({ op, req: { pod: { id: "p" } } });
    assert.deepEqual([answer.op, answer.ok], [op, true]);
    assert.equal(one.calls.at(-1), `10-a ${op}`);
  }
});

test("a script answers by name, by * and with errors, updates, evictions and verdicts", async () => {
  const script: PluginScript = {
    sync: { update: [{ containerId: "c0" }] },
    create: {
      web: { adjust: { env: [{ key: "A", value: "1" }] }, evict: [{ containerId: "c1", reason: "too old" }] },
      plain: { error: "no" },
      coded: { error: "no", code: 7 },
      "*": { update: [{ containerId: "c2", linux: { resources: { pids: { limit: "5" } } } }] },
    },
    validate: { judged: { error: "not this one" } },
  };
  await using one = await lab([script], { events: VALID_EVENTS });
  assert.deepEqual(
    one.lines.find(({ event, res }) => event === "Synchronized" && "update" in (res as JsonObject)),
    {
      event: "Synchronized",
      res: { update: [{ containerId: "c0" }] },
    },
  );
  const web = (await one.step(created("web"))).res as JsonObject;
  assert.deepEqual((web.adjust as JsonObject).env, [{ key: "A", value: "1" }]);
  assert.deepEqual(web.evict, [{ containerId: "c1", reason: "too old" }]);
  const { code: none, ...plain } = await one.step(created("plain"));
  assert.deepEqual([none, plain.ok, plain.error], [2, false, "rpc error: code = Unknown desc = no"]);
  assert.deepEqual((await one.step(created("coded"))).code, 7);
  const other = (await one.step(created("other"))).res as { update?: JsonObject[] };
  assert.equal(other.update?.[0]?.containerId, "c2");
  assert.match(String((await one.step(created("judged"))).error), /rejected .*not this one/);
});

test("unsolicited updates are told, answered as set before, and their result is recorded", async () => {
  await using one = await lab([]);
  const failed = { failed: [{ containerId: "c9" }] };
  assert.deepEqual(await one.step({ op: "SetFailed", req: failed }), { op: "SetFailed", ok: true, res: {} });
  const unsolicited = [{ afterMs: 0, update: [{ containerId: "c9" }], evict: [{ containerId: "c8" }] }];
  const result = await new Promise<JsonValue>((resolve, reject) => {
    const record = (method: string, [arg = null]: readonly JsonValue[]): void => {
      if (method === "UpdateContainers:result") resolve(arg);
    };
    one.join({ unsolicited }, { record }).catch(reject);
  });
  assert.deepEqual(result, failed);
  assert.deepEqual(
    one.lines.find(({ event }) => event === "UpdateContainers"),
    { event: "UpdateContainers", req: { update: [{ containerId: "c9" }], evict: [{ containerId: "c8" }] } },
  );
  await one.step({ op: "SetUpdateError", req: "on fire" });
  const error = await new Promise<JsonValue>((resolve, reject) => {
    const record = (method: string, [arg = null]: readonly JsonValue[]): void => {
      if (method === "UpdateContainers:error") resolve(arg);
    };
    one.join({ unsolicited }, { record }).catch(reject);
  });
  assert.match(JSON.stringify(error), /on fire/);
});

test("mode adjust gives every container the same, mode events-only leaves out what can be answered", async () => {
  await using one = await lab([{}], { mode: "adjust", shares: true });
  const { adjust } = (await one.step(created("web"))).res as { adjust: JsonObject };
  for (const key of ["annotations", "env", "linux", "mounts"]) assert.ok(Object.hasOwn(adjust, key), key);
  assert.equal((adjust.env as JsonValue[]).length, 2);
  assert.deepEqual(((adjust.linux as JsonObject).resources as JsonObject).cpu, { shares: { value: "512" } });
  assert.equal(standInEvents("events-only") & EVENTS.createContainer.mask, 0);
  assert.notEqual(standInEvents("events-only") & EVENTS.startContainer.mask, 0);
  assert.equal(standInEvents("scripted") & EVENTS.validateContainerAdjustment.mask, 0);
});

test("a delay holds the answer back, an exit leaves the process", async () => {
  const exits: number[] = [];
  const script: PluginScript = { create: { slow: { delayMs: 60 }, dies: { exit: 3 } } };
  await using one = await lab([script], { exit: (status) => void exits.push(status) });
  const start = performance.now();
  await one.step(created("slow"));
  assert.ok(performance.now() - start >= 55);
  await one.step(created("dies"));
  assert.deepEqual(exits, [3]);
});

test("steps that are none are answered, and lines that say nothing are passed over", async () => {
  await using one = await lab([]);
  assert.deepEqual(await one.step("# a comment"), {});
  assert.deepEqual(await one.step("  "), {});
  const wrong: [step: string, text: RegExp][] = [
    ["not JSON", /^scenario: /],
    ["[]", /^scenario: a step is a JSON object/],
    ['{"op":1}', /^scenario: op must be a string/],
    ['{"op":"Sleep","n":"x"}', /^scenario: n must be an integer/],
    ['{"op":"Frobnicate"}', /^scenario: unknown op "Frobnicate"/],
    ['{"op":"constructor"}', /^scenario: unknown op "constructor"/],
    ['{"op":"RunPodSandbox","req":{"nonsense":1}}', /^scenario: RunPodSandboxRequest.*nonsense/],
    ['{"op":"ValidateContainerAdjustment"}', /^scenario: unknown op/],
  ];
  for (const [step, text] of wrong) {
    const answer = await one.step(step);
    assert.equal(answer.ok, false, step);
    assert.match(String(answer.error), text);
    assert.equal(answer.code, undefined);
  }
  assert.deepEqual(await one.step('{"op":"Plugins"}'), { op: "Plugins", ok: true, res: { plugins: 0 } });
  assert.deepEqual(await one.step('{"op":"Stop"}'), { op: "Stop", ok: true });
});

test("numbers keep all their digits on the way in and out", async () => {
  await using one = await lab([{}]);
  const text = '{"pod":{"id":"p"},"container":{"id":"c","createdAt":9007199254740993,"name":"1234567890123456789"}}';
  assert.equal((await one.step(`{"op":"CreateContainer","req":${text}}`)).ok, true);
  const raw: string[] = [];
  const emit = (line: string): void => void raw.push(line);
  await using other = new Scenario({ emit, adaptation: { runtime: { name: "lab", version: "1" } } });
  const spec = '{"ociVersion":"1.2.0","linux":{"resources":{"memory":{"limit":9007199254740993}}},"x":1.50}';
  await other.step(`{"op":"ApplyAdjustment","spec":${spec},"req":{"annotations":{"a":"b"}}}`);
  assert.match(raw[0] ?? "", /"limit":9007199254740993/);
  assert.match(raw[0] ?? "", /"x":1\.50/);
  await other.step('{"op":"ApplyAdjustment","req":{}}');
  assert.deepEqual(JSON.parse(raw[1] ?? ""), { op: "ApplyAdjustment", ok: true, res: { ociVersion: "" } });
});

test("lines have the form of Go's encoder: sorted keys, no angle brackets", () => {
  const line = goJson({
    b: 1,
    a: { "<": "&", "\u{1f600}": null, "\ue000": true },
    c: undefined,
    d: new RawJson("1.0"),
  });
  assert.equal(line, '{"a":{"\\u003c":"\\u0026","\ue000":true,"\u{1f600}":null},"b":1,"d":1.0}');
});

test("a script that is none is refused with its file", () => {
  const wrong: [text: string, error: RegExp][] = [
    ["{", /^s\.json:1: not JSON: /],
    ["[]", /^s\.json:1: the script must be an object/],
    ['{"create": []}', /create must be an object/],
    ['{"create": {"a": 1}}', /create\.a must be an object/],
    ['{"create": {"a": {"error": 1}}}', /create\.a\.error must be a string/],
    ['{"sync": {"update": {}}}', /sync\.update must be a list/],
    ['{"events": {"Frobnicate": {}}}', /no event "Frobnicate"; there are RunPodSandbox/],
    ['{"unsolicited": {}}', /unsolicited must be a list/],
  ];
  for (const [text, message] of wrong)
    assert.throws(() => parseScript(text, "s.json"), { code: "invalid-input", message });
  assert.deepEqual(parseScript('{"create": {"*": {"delayMs": 5}}}', "s.json"), { create: { "*": { delayMs: 5 } } });
});

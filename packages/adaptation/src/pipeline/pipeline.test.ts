// What is particular about requests that are under way together: who is alone, who waits for what, and what ends them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Container, type CreateContainerRequest, EVENTS, type Init, type SynchronizeRequest } from "@nri/protocol";
import { AdaptationError } from "../errors.js";
import { eventually, type Lab, startLab } from "../lab.fixture.js";
import { PolicyBook } from "../policy/index.js";
import { connectRawPlugin } from "../raw-plugin.fixture.js";
import { type Answer, relayOf } from "../relay.fixture.js";
import type { RelayOptions } from "./options.js";
import { relayRules } from "./options.js";
import { Pipeline } from "./pipeline.js";

const { mask: CREATE } = EVENTS.createContainer;
const { mask: START } = EVENTS.startContainer;
const ask = (id: string): { pod: { id: string }; container: Init<Container> } => ({
  pod: { id: "p1" },
  container: { id, podSandboxId: "p1", name: id },
});
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A plugin that answers when it is told to, and what it was asked. */
function patient(): { readonly answer: Answer; readonly asked: string[]; readonly go: (id: string) => void } {
  const asked: string[] = [];
  const waiting = new Map<string, () => void>();
  const request: Answer["request"] = ({ message }, signal) =>
    new Promise((resolve, reject) => {
      const { id = "" } = (message as CreateContainerRequest).container ?? {};
      asked.push(id);
      waiting.set(id, () => resolve(undefined));
      signal?.addEventListener("abort", () => reject(signal.reason));
    });
  return { answer: { request }, asked, go: (id) => waiting.get(id)?.() };
}

test("a caller that gives up is told at once, and those behind it go on", async () => {
  const { answer, asked, go } = patient();
  const relay = relayOf({ slow: [CREATE, answer] }, { pipeline: new Pipeline(10, () => 1) });
  const controller = new AbortController();
  const first = relay.relay("createContainer", ask("a"), undefined);
  const asking = relay.relay("createContainer", ask("b"), { signal: controller.signal });
  const conflicting = relay.relay("createContainer", ask("a"), { signal: controller.signal });
  const last = relay.relay("createContainer", ask("c"), undefined);
  await soon();
  controller.abort();
  for (const given of [asking, conflicting]) {
    await assert.rejects(given, { code: "canceled", message: "CreateContainer: canceled by the caller" });
  }
  go("a");
  await first;
  await soon();
  assert.deepEqual(asked, ["a", "c"]);
  go("c");
  await last;
});

test("no more requests are under way than may be", async () => {
  const { answer, asked, go } = patient();
  const relay = relayOf({ slow: [CREATE, answer] }, { pipeline: new Pipeline(2, () => 256) });
  const all = ["a", "b", "c"].map((id) => relay.relay("createContainer", ask(id), undefined));
  await soon();
  assert.deepEqual(asked, ["a", "b"]);
  go("b"); // has its result, which counts after that of the first
  await soon();
  assert.deepEqual(asked, ["a", "b"]);
  go("a");
  await soon();
  assert.deepEqual(asked, ["a", "b", "c"]);
  go("c");
  await Promise.all(all);
});

test("a request is alone when a rule has one of its plugins asked again", async () => {
  const { answer, asked, go } = patient();
  const policies = new PolicyBook([{ plugin: "slow", events: ["createContainer"], failure: "retry" }], 2000);
  const relay = relayOf({ slow: [CREATE | START, answer] }, { pipeline: new Pipeline(10, () => 256), policies });
  const names = ["startContainer", "startContainer", "createContainer", "startContainer"] as const;
  const all = names.map((name, i) => relay.relay(name, ask(String(i)), undefined));
  await soon();
  assert.deepEqual(asked, ["0", "1"]);
  for (const id of ["1", "0", "2", "3"]) {
    go(id);
    await soon();
  }
  assert.deepEqual(asked, ["0", "1", "2", "3"]);
  await Promise.all(all);
});

test("plugins that are only told hear of an event together; the first that fails it has the word", async () => {
  const asked: string[] = [];
  const failing = (name: string): Answer => ({
    request: async () => {
      asked.push(name);
      await soon();
      throw new AdaptationError("request-failed", name);
    },
  });
  const plugins = { a: [START, failing("a")], b: [START, failing("b")], c: [CREATE | START, failing("c")] } as const;
  const together = relayOf(plugins, { fanOut: true });
  await assert.rejects(together.relay("startContainer", ask("x"), undefined), { message: "a" });
  assert.deepEqual(asked.splice(0), ["a", "b"]);
  const policies = new PolicyBook([{ plugin: "b", error: "retry", retry: { delay: 1, attempts: 1 } as never }], 2000);
  const inTurn = relayOf(plugins, { fanOut: true, policies });
  await assert.rejects(inTurn.relay("startContainer", ask("x"), undefined), { message: "a" });
  assert.deepEqual(asked, ["a"]);
});

/** How many of ten requests a plugin has at once. */
async function atOnce(lab: Lab, concurrency?: string): Promise<number> {
  let [now, most] = [0, 0];
  const createContainer = async (): Promise<void> => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now--;
  };
  const plugin = await lab.connect({ on: { createContainer }, ...(concurrency === undefined ? {} : { concurrency }) });
  await Promise.all(Array.from({ length: 10 }, (_, i) => lab.adaptation.createContainer(ask(`c${i}`))));
  plugin.close();
  await eventually(() => lab.adaptation.plugins.length === 0, "it is gone");
  return most;
}

test("a plugin has as many requests at once as it says, or as the options say", async () => {
  await using lab = await startLab({ relay: { mode: "pipelined" } });
  for (const [said, expected] of [
    [undefined, 1],
    ["3", 3],
    ["0", 1],
    ["-1", 1],
    ["four", 1],
    ["99999999999", 1],
    ["999", 10],
  ] as const) {
    assert.equal(await atOnce(lab, said), expected, said);
  }
  const socketPath = lab.socket;
  await lab.adaptation.reconfigure({ socketPath, relay: { mode: "pipelined", outstanding: 2 } });
  assert.deepEqual([await atOnce(lab), await atOnce(lab, "3")], [2, 3]);
  await lab.adaptation.reconfigure({ socketPath, relay: { mode: "pipelined", plugins: { raw: 4, "11-raw": 5 } } });
  assert.deepEqual([await atOnce(lab), await atOnce(lab, "3")], [4, 4]);
  await lab.adaptation.reconfigure({ socketPath });
  assert.equal(await atOnce(lab, "3"), 1);
});

test("a plugin comes in when what was under way is over, and knows of it; meanwhile requests are alone", async () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await using lab = await startLab({ relay: { mode: "pipelined", outstanding: 9 } });
  const other = await lab.connect({ index: "20", on: { createContainer: () => opened } });
  const creations = ["a", "b"].map((id) => lab.adaptation.createContainer(ask(id)));
  await eventually(() => other.requests("CreateContainer").length === 2, "both are under way");
  const joiner = await connectRawPlugin(lab.socket, { name: "late", on: { createContainer: () => undefined } });
  await eventually(() => lab.states.filter(({ state }) => state === "configured").length === 2, "it waits");
  await new Promise((resolve) => setTimeout(resolve, 20));
  const later = lab.adaptation.createContainer(ask("c"));
  await soon();
  assert.equal(other.requests("CreateContainer").length, 2);
  assert.deepEqual(joiner.methods, ["Configure"]);
  open();
  await Promise.all([...creations, later]);
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  const handed = joiner.requests<SynchronizeRequest>("Synchronize").flatMap(({ containers }) => containers);
  const created = joiner.requests<CreateContainerRequest>("CreateContainer").map(({ container }) => container);
  assert.deepEqual([...handed, ...created].map((container) => container?.id).sort(), ["a", "b", "c"]);
  assert.ok(
    ["a", "b"].every((id) => handed.some((container) => container.id === id)),
    "they were under way",
  );
  joiner.close();
});

test("at the stop what is under way is finished, and what waits is refused", async () => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await using lab = await startLab({ relay: { mode: "pipelined", outstanding: 9 } });
  const plugin = await lab.connect({ on: { createContainer: () => opened } });
  const under = ["a", "b"].map((id) => lab.adaptation.createContainer(ask(id)));
  const waiting = lab.adaptation.createContainer(ask("a"));
  const refused = assert.rejects(waiting, { code: "stopped" });
  await eventually(() => plugin.requests("CreateContainer").length === 2, "both are under way");
  const stopped = lab.adaptation.stop();
  await soon();
  assert.ok(!plugin.methods.includes("Shutdown"));
  open();
  await Promise.all([...under, refused, stopped]);
  assert.equal(plugin.methods.at(-1), "Shutdown");
});

test("wrong options are refused by name", () => {
  for (const [options, message] of [
    [{ mode: "fast" }, 'relay.mode: "fast" is neither "serial" nor "pipelined"'],
    [{ outstanding: 0 }, "relay.outstanding: 0 is no number from 1 to 256"],
    [{ plugins: { foo: 257 } }, "relay.plugins.foo: 257 is no number from 1 to 256"],
    [{ fanOut: "yes" }, "relay.fanOut: yes is neither true nor false"],
    [{ fanout: true }, "relay.fanout: unknown option; known are mode, outstanding, plugins, fanOut"],
  ] as const) {
    assert.throws(() => relayRules(options as RelayOptions), { code: "invalid-option", message });
  }
});

// Plugins in the runtime's own process: start, order, masks, deadlines, and that nobody sees what they do to their copies.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CreateContainerRequest, EVENTS, VALID_EVENTS } from "@nri/protocol";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin, silent } from "../raw-plugin.fixture.js";
import type { BuiltinPlugin } from "./builtin-plugin.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };

test("a builtin is asked in the order of indices, sees what was changed before it, and its changes are seen", async () => {
  const seen: string[][] = [];
  const adding = (index: string, name: string): BuiltinPlugin => ({
    index,
    name: name.toLowerCase(),
    createContainer(request) {
      seen.push([...(request.container?.env ?? [])]);
      return { adjust: { env: [{ key: name, value: "1" }] } };
    },
  });
  await using lab = await startLab({ builtins: [adding("50", "C"), adding("10", "A2")] });
  const raw = await lab.connect({
    index: "30",
    on: { createContainer: () => ({ adjust: { env: [{ key: "B", value: "1" }] } }) },
  });
  const { adjust } = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(seen, [["A=1"], ["A=1", "A2=1", "B=1"]]);
  assert.deepEqual(raw.requests<CreateContainerRequest>("CreateContainer")[0]?.container?.env, ["A=1", "A2=1"]);
  assert.deepEqual(
    adjust?.env.map(({ key }) => key),
    ["A2", "B", "C"],
  );
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name, kind, state }) => [name, kind, state]),
    [
      ["10-a2", "builtin", "active"],
      ["30-raw", "external", "active"],
      ["50-c", "builtin", "active"],
    ],
  );
  assert.ok(lab.log.includes('  #1: "10-a2" (builtin:10-a2)'));
});

test("two builtins that set the same thing are in conflict as others are", async () => {
  const setting = (index: string): BuiltinPlugin => ({
    index,
    name: "same",
    createContainer: () => ({ adjust: { annotations: { key: index } } }),
  });
  await using lab = await startLab({ builtins: [setting("10"), setting("20")] });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "conflict",
    message: 'plugins "20-same" and "10-same" both tried to set Annotations key',
  });
});

test("what a builtin does to its request or its answer reaches nobody", async () => {
  const answer = { adjust: { annotations: { key: "value" } as Record<string, string> } };
  await using lab = await startLab({
    builtins: [
      {
        index: "10",
        name: "scribbler",
        createContainer(request) {
          request.container?.env.push("SCRIBBLED=1");
          if (request.pod !== undefined) {
            request.pod.name = "scribbled";
          }
          return answer;
        },
        postCreateContainer() {
          answer.adjust.annotations.key = "scribbled";
        },
      },
    ],
  });
  const raw = await lab.connect({ index: "20", on: { createContainer: () => undefined } });
  const request = { pod: { ...pod }, container: { ...container, env: [...container.env] } };
  const { adjust } = await lab.adaptation.createContainer(request);
  await lab.adaptation.postCreateContainer({ pod, container });
  const [seen] = raw.requests<CreateContainerRequest>("CreateContainer");
  assert.deepEqual(seen?.container?.env, ["A=1"]);
  assert.equal(seen?.pod?.name, "pod");
  assert.deepEqual(request, { pod, container });
  assert.deepEqual(adjust?.annotations, { key: "value" });
});

test("a builtin without an own mask is subscribed to the events it has handlers for", async () => {
  const called: string[] = [];
  await using lab = await startLab({
    builtins: [
      {
        index: "10",
        name: "some",
        runPodSandbox: () => void called.push("run"),
        stopContainer: () => void called.push("stop"),
      },
      { index: "20", name: "none" },
    ],
  });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ events }) => events),
    [EVENTS.runPodSandbox.mask | EVENTS.stopContainer.mask, 0],
  );
  await lab.adaptation.runPodSandbox({ pod });
  await lab.adaptation.startContainer({ pod, container });
  await lab.adaptation.stopContainer({ pod, container });
  assert.deepEqual(called, ["run", "stop"]);
});

test("in the reference a builtin without handlers is subscribed to everything", async () => {
  await using lab = await startLab({ compat: "reference", builtins: [{ index: "20", name: "none" }] });
  assert.equal(lab.adaptation.plugins[0]?.events, VALID_EVENTS);
  await lab.adaptation.createContainer({ pod, container });
});

test("configure is told what plugins are told, and its mask counts", async () => {
  let told: unknown;
  let started = 0;
  await using lab = await startLab({
    builtins: [
      {
        index: "10",
        name: "chooser",
        configure({ runtimeName, runtimeVersion, requestTimeout, config }) {
          told = { runtimeName, runtimeVersion, requestTimeout, config };
          return { events: EVENTS.startContainer.mask };
        },
        runPodSandbox: () => assert.fail("not subscribed"),
        startContainer: () => void started++,
      },
    ],
  });
  assert.deepEqual(told, { runtimeName: "lab", runtimeVersion: "v1.2.3", requestTimeout: 5000n, config: "" });
  await lab.adaptation.runPodSandbox({ pod });
  await lab.adaptation.startContainer({ pod, container });
  assert.equal(started, 1);
});

test("unknown bits in a builtin's mask are masked with a warning, and refused in the reference", async () => {
  const plugin: BuiltinPlugin = { index: "10", name: "new", configure: () => ({ events: 0x4001 }) };
  await using lab = await startLab({ builtins: [plugin] });
  assert.equal(lab.adaptation.plugins[0]?.events, 1);
  assert.deepEqual(
    lab.warnings.map(({ text }) => text),
    ['plugin "10-new": invalid plugin events: 0x4000, ignored'],
  );
  await assert.rejects(startLab({ builtins: [plugin], compat: "reference" }), {
    code: "invalid-events",
    message: 'failed to start builtin NRI plugin "new": invalid plugin events: 0x4000',
  });
});

test("a builtin without index or name fails the start", async () => {
  await assert.rejects(startLab({ builtins: [{ index: "", name: "foo" }] }), {
    code: "invalid-plugin-name",
    message: 'failed to initialize builtin NRI plugin "foo": builtin plugin without index or name ("", "foo")',
  });
  await assert.rejects(startLab({ builtins: [{ index: "1", name: "foo" }] }), {
    message: 'failed to initialize builtin NRI plugin "foo": invalid plugin index "1", must be 2 digits',
  });
});

test("a builtin with a misspelt handler or without texts for a name fails the start: it would let everything pass", async () => {
  const misspelt = { index: "10", name: "guard", validateUpdate: () => assert.fail("no handler") };
  await assert.rejects(startLab({ builtins: [misspelt] }), {
    code: "invalid-option",
    message: /^builtin plugin "10-guard": unknown handler "validateUpdate", known are .*validateUpdates/,
  });
  await assert.rejects(startLab({ builtins: [{ index: 10, name: "guard" } as never] }), {
    code: "invalid-option",
    message: "builtins: index and name must be texts, got 10 and guard",
  });
});

test("a builtin that cannot be configured fails the start, and those before it are closed", async () => {
  const states: string[] = [];
  const start = startLab({
    builtins: [
      { index: "10", name: "good" },
      {
        index: "20",
        name: "bad",
        configure() {
          throw new Error("no licence");
        },
      },
    ],
    observer: { pluginState: ({ name }, state) => states.push(`${name} ${state}`) },
  });
  await assert.rejects(start, {
    code: "configure-failed",
    message: 'failed to start builtin NRI plugin "bad": failed to configure plugin: no licence',
  });
  assert.ok(states.includes("10-good closed"));
  assert.ok(states.includes("20-bad closed"));
});

test("a builtin that hangs in configure fails the start at its deadline", async () => {
  await assert.rejects(
    startLab({ requestTimeoutMs: 300, builtins: [{ index: "10", name: "slow", configure: silent }] }),
    {
      message:
        'failed to start builtin NRI plugin "slow": failed to configure plugin: plugin "10-slow": Configure not answered in 300 ms',
    },
  );
});

test("a builtin that is not to be installed is left out, with a line in the log", async () => {
  await using lab = await startLab({ builtins: [{ index: "10", name: "off", disabled: "off for today" }] });
  assert.deepEqual(lab.adaptation.plugins, []);
  assert.ok(lab.log.includes("off for today"));
});

test("builtins are started first, and synchronised at the start", async () => {
  let seen: unknown;
  await using lab = await startLab({
    pods: [pod],
    containers: [container],
    builtins: [
      {
        index: "10",
        name: "reader",
        synchronize({ pods, containers, more }) {
          seen = [pods[0]?.name, containers[0]?.name, more];
          return { update: [{ containerId: "c1" }] };
        },
      },
    ],
  });
  assert.deepEqual(seen, ["pod", "one", false]);
  assert.deepEqual(
    lab.syncUpdates.map(({ containerId }) => containerId),
    ["c1"],
  );
  const order = ['starting builtin NRI plugin "10-reader"...', "synchronizing plugin 10-reader"].map((line) =>
    lab.log.indexOf(line),
  );
  assert.ok(order[0] !== undefined && order[0] >= 0 && order[0] < (order[1] ?? -1));
  assert.ok(lab.log.includes('pre-installed NRI plugin "10-reader" synchronization success'));
  assert.deepEqual(
    lab.calls.map(({ event, updates }) => [event, updates.length]),
    [["synchronize", 1]],
  );
});

test("a builtin that fails to synchronise is dropped, and the others go on", async () => {
  await using lab = await startLab({
    builtins: [
      { index: "10", name: "bad", synchronize: () => Promise.reject(new Error("lost the thread")) },
      { index: "20", name: "good" },
    ],
  });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["20-good"],
  );
  assert.equal(lab.warnings[0]?.text, 'failed to synchronize pre-installed NRI plugin "10-bad": lost the thread');
});

test("what a handler throws fails the request with its own text, and the plugin stays", async () => {
  await using lab = await startLab({
    builtins: [
      {
        index: "10",
        name: "strict",
        async runPodSandbox() {
          throw new Error("no such network");
        },
        startContainer() {
          throw "not an error";
        },
      },
    ],
  });
  await assert.rejects(lab.adaptation.runPodSandbox({ pod }), {
    code: "request-failed",
    message: "no such network",
    plugin: "10-strict",
  });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), { message: "not an error" });
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("an answer with a value that does not fit fails the request by name", async () => {
  await using lab = await startLab({
    builtins: [
      { index: "10", name: "wrong", createContainer: () => ({ adjust: { env: [{ key: 5 as unknown as string }] } }) },
    ],
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "invalid-response",
    message: /^plugin "10-wrong": the answer to CreateContainer is not valid: .*key/,
  });
});

test("a builtin that hangs is dropped at its deadline, told so, and the request goes on", async () => {
  const reasons: unknown[] = [];
  await using lab = await startLab({
    requestTimeoutMs: 300,
    builtins: [
      {
        index: "10",
        name: "hung",
        createContainer(_request, { signal }) {
          signal.addEventListener("abort", () => reasons.push(signal.reason));
          return silent();
        },
      },
      { index: "20", name: "good", createContainer: () => ({ adjust: { annotations: { a: "1" } } }) },
    ],
  });
  const { adjust } = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(adjust?.annotations, { a: "1" });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["20-good"],
  );
  const text = 'plugin "10-hung": CreateContainer not answered in 300 ms';
  assert.deepEqual(
    reasons.map((reason) => (reason as Error).message),
    [text],
  );
  assert.ok(lab.log.includes(`closing plugin 10-hung, failed to handle CreateContainer request: ${text}`));
});

test("a late answer and a late error of a builtin are nobody's business any more", async () => {
  const late: (() => void)[] = [];
  await using lab = await startLab({
    requestTimeoutMs: 300,
    builtins: [
      {
        index: "10",
        name: "late",
        runPodSandbox: () => new Promise<undefined>((_, reject) => late.push(() => reject(new Error("too late")))),
      },
    ],
  });
  await lab.adaptation.runPodSandbox({ pod });
  late[0]?.();
  await lab.adaptation.runPodSandbox({ pod });
  assert.equal(late.length, 1);
});

test("a caller that gives up while a builtin thinks keeps the builtin", async () => {
  let thinking = false;
  await using lab = await startLab({
    builtins: [
      {
        index: "10",
        name: "slow",
        runPodSandbox() {
          thinking = true;
          return silent();
        },
      },
    ],
  });
  const controller = new AbortController();
  const running = assert.rejects(lab.adaptation.runPodSandbox({ pod }, controller), { code: "canceled" });
  await eventually(() => thinking, "the builtin was asked");
  controller.abort();
  await running;
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("stopping the adaptation closes builtins", async () => {
  await using lab = await startLab({ builtins: [{ index: "10", name: "foo" }] });
  await lab.adaptation.stop();
  assert.deepEqual(lab.adaptation.plugins, []);
  assert.equal(lab.states.at(-1)?.state, "closed");
});

test("a configure that answers nothing is as good as none", async () => {
  await using lab = await startLab({
    builtins: [{ index: "10", name: "mute", configure: () => undefined, runPodSandbox: () => undefined }],
  });
  assert.equal(lab.adaptation.plugins[0]?.events, EVENTS.runPodSandbox.mask);
});

test("late answers of a builtin are counted as those of others", async () => {
  const late: (() => void)[] = [];
  await using lab = await startLab({
    requestTimeoutMs: 300,
    policies: { rules: [{ plugin: "slow", failure: "skip" }] },
    builtins: [
      {
        index: "10",
        name: "slow",
        runPodSandbox: () => new Promise<undefined>((resolve) => late.push(() => resolve(undefined))),
      },
    ],
  });
  await lab.adaptation.runPodSandbox({ pod });
  const [plugin] = lab.adaptation.plugins;
  assert.deepEqual([plugin?.state, plugin?.unansweredCalls, plugin?.lateAnswers], ["active", 1, 0]);
  late[0]?.();
  await eventually(() => plugin?.lateAnswers === 1, "a late answer");
  assert.equal(plugin?.unansweredCalls, 0);
});

test("the deadline of a policy rule holds for builtins as well", async () => {
  await using lab = await startLab({
    policies: { rules: [{ plugin: "10-slow", timeoutMs: 300 }] },
    builtins: [{ index: "10", name: "slow", runPodSandbox: silent }],
  });
  await lab.adaptation.runPodSandbox({ pod });
  assert.deepEqual(lab.adaptation.plugins, []);
  assert.ok(lab.log.some((line) => line.includes("RunPodSandbox not answered in 300 ms")));
});

test("a second plugin with the index and name of a builtin is refused, whoever it is; in the reference it is not", async () => {
  const twin: BuiltinPlugin = { index: "10", name: "foo" };
  await assert.rejects(startLab({ builtins: [twin, twin] }), {
    code: "invalid-plugin-name",
    message:
      'failed to initialize builtin NRI plugin "foo": plugin "10-foo" is registered already (as a part of the runtime)',
  });
  await using lab = await startLab({ builtins: [twin] });
  await assert.rejects(connectRawPlugin(lab.socket, { index: "10", name: "foo" }), {
    message: /code = AlreadyExists desc = plugin "10-foo" is registered already \(as a part of the runtime\)$/,
  });
  await using reference = await startLab({ builtins: [twin, twin], compat: "reference" });
  await reference.connect({ index: "10", name: "foo" });
  assert.equal(reference.adaptation.plugins.length, 3);
});

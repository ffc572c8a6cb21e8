// Who is asked, in which order, and what happens when a plugin fails a request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type CreateContainerRequest, EVENT_NAMES, EVENTS, type EventName, VALID_EVENTS } from "@nri/protocol";
import type { AdaptationRequests, RequestName } from "./adaptation.js";
import type { AdaptationError } from "./errors.js";
import { startLab } from "./lab.fixture.js";
import { failing, silent } from "./raw-plugin.fixture.js";

const pod = { id: "pod0", name: "pod", namespace: "default" };
const container = { id: "ctr0", podSandboxId: "pod0", name: "ctr", env: ["A=1"] };
const REQUESTS = EVENT_NAMES.filter((name): name is RequestName => name !== "validateContainerAdjustment");

function ask(requests: AdaptationRequests, name: RequestName): Promise<unknown> {
  return requests[name]({ pod, container });
}

test("every event reaches a plugin that subscribed to everything, with pod and container", async () => {
  await using lab = await startLab();
  const plugin = await lab.connect({ events: 0 });
  for (const name of REQUESTS) {
    await ask(lab.adaptation, name);
  }
  const expected = REQUESTS.map((name) => EVENTS[name].name as string);
  assert.deepEqual(
    plugin.methods.filter((method) => !["Configure", "Synchronize", "ValidateContainerAdjustment"].includes(method)),
    expected,
  );
  for (const { method, request } of plugin.calls.slice(2)) {
    const seen = request as { pod: { id: string }; container?: { id: string } };
    assert.equal(seen.pod.id, "pod0", method);
    assert.equal(seen.container?.id, method.includes("Pod") ? undefined : "ctr0", method);
  }
});

test("a plugin gets only the events that it subscribed to", async () => {
  await using lab = await startLab();
  const plugin = await lab.connect({ events: EVENTS.stopContainer.mask });
  for (const name of REQUESTS) {
    await ask(lab.adaptation, name);
  }
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize", "StopContainer"]);
});

test("plugins are asked by index, equal ones by arrival, with compat reference also with equal names, whatever the order of connecting", async () => {
  await using lab = await startLab({ compat: "reference" });
  const order: string[] = [];
  for (const [index, name] of [
    ["20", "a"],
    ["10", "z"],
    ["00", "m"],
    ["10", "a"],
    ["10", "z"],
  ] as const) {
    await lab.connect({ index, name, on: { startContainer: () => void order.push(`${index}-${name}`) } });
  }
  await lab.adaptation.startContainer({ pod, container });
  assert.deepEqual(order, ["00-m", "10-z", "10-a", "10-z", "20-a"]);
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    order,
  );
});

test("a plugin sees the container as the plugins before it changed it, and the result joins them all", async () => {
  await using lab = await startLab();
  const first = await lab.connect({
    index: "10",
    on: { createContainer: () => ({ adjust: { env: [{ key: "B", value: "2" }] } }) },
  });
  const second = await lab.connect({
    index: "20",
    on: { createContainer: () => ({ adjust: { env: [{ key: "C", value: "3" }] } }) },
  });
  const third = await lab.connect({ index: "30", on: { createContainer: () => undefined } });
  const result = await lab.adaptation.createContainer({ pod, container });
  const seen = [first, second, third].map(
    (plugin) => plugin.requests<CreateContainerRequest>("CreateContainer")[0]?.container?.env,
  );
  assert.deepEqual(seen, [["A=1"], ["A=1", "B=2"], ["A=1", "B=2", "C=3"]]);
  assert.deepEqual(
    result.adjust?.env.map(({ key }) => key),
    ["B", "C"],
  );
  assert.deepEqual(container.env, ["A=1"]);
});

test("two plugins that set the same variable are a conflict that names both; the container is refused", async () => {
  await using lab = await startLab();
  const env = { adjust: { env: [{ key: "X", value: "1" }] } };
  await lab.connect({ index: "10", name: "one", on: { createContainer: () => env } });
  await lab.connect({ index: "20", name: "two", on: { createContainer: () => env } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "conflict",
    message: 'plugins "20-two" and "10-one" both tried to set Env X',
    field: "Env",
    key: "X",
    plugin: "20-two",
    request: "CreateContainer",
  });
  assert.equal(lab.adaptation.plugins.length, 2);
});

test("updates of other containers are joined with a creation, an update and a stop", async () => {
  await using lab = await startLab();
  const update = [{ containerId: "other", linux: { resources: { cpu: { shares: { value: 7n } } } } }];
  await lab.connect({
    on: {
      createContainer: () => ({ update }),
      updateContainer: () => ({ update }),
      stopContainer: () => ({ update }),
    },
  });
  const linuxResources = { cpu: { shares: { value: 2n } } };
  const answers = [
    await lab.adaptation.createContainer({ pod, container }),
    await lab.adaptation.updateContainer({ pod, container, linuxResources }),
    await lab.adaptation.stopContainer({ pod, container }),
  ];
  for (const answer of answers) {
    assert.equal(answer.update[0]?.containerId, "other");
    assert.equal(answer.update[0]?.linux?.resources?.cpu?.shares?.value, 7n);
  }
});

test("an error that a plugin answers fails the request with its text unchanged; later plugins are not asked", async () => {
  await using lab = await startLab();
  await lab.connect({ index: "10", name: "sad", on: { startContainer: failing("boom") } });
  const later = await lab.connect({ index: "20", on: { startContainer: () => undefined } });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), (error: AdaptationError) => {
    assert.equal(error.message, "rpc error: code = Unknown desc = boom");
    assert.equal(error.code, "request-failed");
    assert.equal(error.plugin, "10-sad");
    assert.equal(error.request, "StartContainer");
    return true;
  });
  assert.ok(!later.methods.includes("StartContainer"));
  assert.equal(lab.adaptation.plugins.length, 2);
});

test("a DeadlineExceeded that a plugin itself answers does not cost it its place", async () => {
  await using lab = await startLab();
  await lab.connect({ on: { startContainer: failing("slow inside", 4) } });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), {
    message: "rpc error: code = DeadlineExceeded desc = slow inside",
  });
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("a plugin that does not answer in time is dropped, and the request goes on without it", async () => {
  await using lab = await startLab({ requestTimeoutMs: 400 });
  const hung = await lab.connect({ index: "10", name: "hung", on: { createContainer: silent } });
  await lab.connect({
    index: "20",
    on: { createContainer: () => ({ adjust: { env: [{ key: "B", value: "2" }] } }) },
  });
  const result = await lab.adaptation.createContainer({ pod, container });
  assert.equal(result.adjust?.env.length, 1);
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["20-raw"],
  );
  await hung.closed;
  const call = lab.calls.find(({ error }) => error !== undefined);
  assert.equal(call?.error?.message, 'plugin "10-hung": CreateContainer not answered in 400 ms');
  assert.equal(call?.plugin.state, "closed");
  assert.ok(
    lab.log.includes(
      'closing plugin 10-hung, failed to handle CreateContainer request: plugin "10-hung": CreateContainer not answered in 400 ms',
    ),
  );
});

test("a plugin that closes its connection in the middle of a request is dropped, and the request goes on", async () => {
  await using lab = await startLab();
  const leaving = await lab.connect({
    index: "10",
    on: {
      createContainer: () => {
        leaving.close();
        return silent();
      },
    },
  });
  const other = await lab.connect({ index: "20", on: { createContainer: () => undefined } });
  await lab.adaptation.createContainer({ pod, container });
  assert.ok(other.methods.includes("CreateContainer"));
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("an answer that cannot be decoded fails the request with plugin, request and field", async () => {
  await using lab = await startLab();
  // adjust.env[0].key holds invalid UTF-8
  const rubbish = Uint8Array.from([0x0a, 0x06, 0x22, 0x04, 0x0a, 0x02, 0xff, 0xfe]);
  await lab.connect({ name: "bad", on: { createContainer: () => rubbish } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), (error: AdaptationError) => {
    assert.equal(error.code, "invalid-response");
    assert.match(
      error.message,
      /^plugin "10-bad": the answer to CreateContainer cannot be decoded: CreateContainerResponse\.adjust\.env\[0\]\.key: invalid UTF-8/,
    );
    return true;
  });
});

test("requests are answered one after the other in the order of the calls", async () => {
  await using lab = await startLab();
  const order: string[] = [];
  let running = 0;
  await lab.connect({
    on: {
      startContainer: async (request: { container: { id: string } }) => {
        assert.equal(++running, 1);
        await new Promise((resolve) => setTimeout(resolve, 2));
        order.push(request.container.id);
        running--;
      },
    },
  });
  const ids = Array.from({ length: 20 }, (_, i) => `c${i}`);
  await Promise.all(ids.map((id) => lab.adaptation.startContainer({ pod, container: { id } })));
  assert.deepEqual(order, ids);
});

test("more requests than may wait are refused by name, and the others are answered", async () => {
  await using lab = await startLab({ limits: { maxQueuedRequests: 2 } });
  await lab.connect({ on: { startContainer: () => new Promise((resolve) => setTimeout(resolve, 20)) } });
  const results = await Promise.allSettled(
    [1, 2, 3, 4, 5].map(() => lab.adaptation.startContainer({ pod, container })),
  );
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "fulfilled", "rejected", "rejected"],
  );
  const refused = results[3];
  assert.ok(refused?.status === "rejected");
  assert.equal(refused.reason.code, "queue-full");
  await lab.adaptation.startContainer({ pod, container });
});

test("a caller gives its request up by its signal or its deadline; the plugin stays", async () => {
  await using lab = await startLab();
  await lab.connect({ name: "slow", on: { startContainer: silent } });
  const controller = new AbortController();
  const canceled = lab.adaptation.startContainer({ pod, container }, { signal: controller.signal });
  const waiting = lab.adaptation.stopContainer({ pod, container }, { signal: controller.signal });
  controller.abort();
  await assert.rejects(canceled, { code: "canceled", request: "StartContainer", plugin: "10-slow" });
  await assert.rejects(waiting, { code: "canceled", request: "StopContainer" });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }, { timeoutMs: 30 }), {
    code: "deadline-exceeded",
  });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }, { timeoutMs: -1 }), {
    code: "invalid-option",
  });
  assert.equal(lab.adaptation.plugins.length, 1);
  await lab.adaptation.stopContainer({ pod, container });
});

test("many waiting requests may share one signal without a warning of Node's", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => {
    warnings.push(warning);
  };
  process.on("warning", note);
  await using lab = await startLab();
  await lab.connect({ on: { startContainer: () => undefined } });
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 30 }, () => lab.adaptation.startContainer({ pod, container }, { signal })));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});

test("a plugin without the dedicated calls gets StateChange for all nine events from then on", async () => {
  await using lab = await startLab();
  const old: EventName[] = EVENT_NAMES.filter((name) => EVENTS[name].stateChange);
  const methods = Object.fromEntries(old.map((name) => [EVENTS[name].name, undefined]));
  const plugin = await lab.connect({ name: "old", events: VALID_EVENTS, methods });
  for (const name of REQUESTS) {
    await ask(lab.adaptation, name);
    await ask(lab.adaptation, name);
  }
  const changes = plugin.requests<{ event: number; pod: { id: string } }>("StateChange");
  assert.deepEqual(
    [...new Set(changes.map(({ event }) => event))],
    old.map((name) => EVENTS[name].event),
  );
  assert.ok(changes.every((change) => change.pod.id === "pod0"));
  const text = "plugin 10-old uses deprecated StateChange instead of a dedicated RunPodSandbox RPC call";
  assert.equal(lab.warnings.filter((warning) => warning.text === text).length, 1);
});

test("Unimplemented without a fallback is an ordinary error", async () => {
  await using lab = await startLab();
  await lab.connect({ events: EVENTS.createContainer.mask, methods: { CreateContainer: undefined } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
    code: "request-failed",
    message: "rpc error: code = Unimplemented desc = method CreateContainer",
  });
});

test("the observer sees each call with the request as that plugin saw it, the answer and the owners", async () => {
  await using lab = await startLab();
  await lab.connect({
    index: "10",
    name: "one",
    on: { createContainer: () => ({ adjust: { env: [{ key: "B", value: "2" }] } }) },
  });
  await lab.connect({
    index: "20",
    name: "two",
    on: { createContainer: () => ({ update: [{ containerId: "other" }], evict: [{ containerId: "x", reason: "r" }] }) },
  });
  const context = { of: "the caller" };
  await lab.adaptation.createContainer({ pod, container }, { context });
  const [one, two] = lab.calls.filter(({ event }) => event === "createContainer");
  assert.ok(one !== undefined && two !== undefined);
  assert.deepEqual([one.plugin.name, two.plugin.name], ["10-one", "20-two"]);
  assert.equal(one.sequence, two.sequence);
  assert.ok(one.context === context && two.context === context);
  assert.notDeepEqual(one.payload, two.payload);
  assert.deepEqual(EVENTS.createContainer.request.decode(two.payload ?? new Uint8Array()), two.request);
  assert.deepEqual((one.request as CreateContainerRequest).container?.env, ["A=1"]);
  assert.deepEqual((two.request as CreateContainerRequest).container?.env, ["A=1", "B=2"]);
  assert.equal((one.response as { adjust: { env: unknown[] } }).adjust.env.length, 1);
  assert.equal(two.updates[0]?.containerId, "other");
  assert.deepEqual(
    two.evictions.map(({ containerId, reason }) => [containerId, reason]),
    [["x", "r"]],
  );
  assert.deepEqual(one.owners?.owners.ctr0?.compound["6"]?.owners, { B: "10-one" });
  assert.equal(one.error, undefined);
  assert.ok(one.micros > 0);
});

test("requests without any plugin are answered at once", async () => {
  await using lab = await startLab();
  const created = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(created.update, []);
  assert.ok(created.adjust?.linux?.resources !== undefined);
  assert.deepEqual(await lab.adaptation.runPodSandbox({ pod }), {});
});

// Tests of how handlers are called and what becomes of their answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { type ContainerUpdate, EVENT_NAMES, EVENTS, type EventName, type EventRow } from "@nri/protocol";
import { StatusError } from "@nri/ttrpc";
import fc from "fast-check";
import { adjustment } from "./adjustment.js";
import type { PluginDefinition } from "./handlers.js";
import { silentLogger } from "./log.js";
import type { SessionHooks } from "./methods.js";
import { pluginMethods } from "./methods.js";
import { SyncCollection } from "./synchronize.js";
import { update } from "./update.js";

const SESSION: SessionHooks = {
  log: silentLogger,
  plugin: { index: "10", name: "test" },
  updateContainers: async () => [],
  sync: new SyncCollection(1000, 1000),
  configuration: undefined,
  configure: () => 0,
  shutdown: () => undefined,
  called: () => undefined,
  failed: () => undefined,
  activate: () => undefined,
};
const CALL = { signal: new AbortController().signal };

/** Sends an event to the plugin; the bytes of its answer, at once or later. */
function send(definition: PluginDefinition, name: EventName, request: object = {}) {
  const row: EventRow = EVENTS[name];
  const method = pluginMethods(definition, SESSION)[row.name];
  assert.ok(method);
  return method(row.request.encode(request), CALL);
}

test("every event reaches its handler with pod and container", () => {
  for (const name of EVENT_NAMES) {
    const seen: unknown[] = [];
    const handler = (call: { pod: { id: string }; container?: { id: string } }) => {
      seen.push(call.pod.id, call.container?.id);
    };
    send({ [name]: handler }, name, {
      pod: { id: "p" },
      ...(EVENTS[name].subject === "container" && { container: { id: "c" } }),
    });
    assert.deepEqual(seen, ["p", EVENTS[name].subject === "pod" ? undefined : "c"], name);
  }
});

test("an event without handler is an empty success", () => {
  for (const name of EVENT_NAMES) {
    assert.deepEqual(send({}, name), new Uint8Array(0), name);
  }
});

test("parts that a runtime should have sent are never undefined", () => {
  const seen: string[] = [];
  send({ createContainer: ({ pod, container }) => void seen.push(pod.id + container.id) }, "createContainer");
  send(
    {
      validateContainerAdjustment: ({ owners, adjust }) =>
        void seen.push(...Object.keys(owners.owners), ...adjust.args),
    },
    "validateContainerAdjustment",
  );
  assert.deepEqual(seen, [""]);
});

test("the context comes with every call", () => {
  let seen: unknown[] = [];
  send(
    {
      startContainer({ signal, log, plugin, updateContainers }) {
        seen = [signal, log, plugin, updateContainers];
      },
    },
    "startContainer",
  );
  assert.deepEqual(seen, [CALL.signal, SESSION.log, SESSION.plugin, SESSION.updateContainers]);
});

test("a handler that answers at once is answered in the same tick", () => {
  const answer = send({ createContainer: () => ({ adjust: adjustment().env("A", "1") }) }, "createContainer");
  assert.ok(answer instanceof Uint8Array);
});

test("adjustments, updates and evictions reach the runtime, built or plain", async () => {
  const answers = [
    {
      adjust: adjustment().env("A", "1"),
      updates: [update("c2").cpus("0")],
      evict: [{ containerId: "c3", reason: "r" }],
    },
    {
      adjust: { env: [{ key: "A", value: "1" }] },
      updates: [{ containerId: "c2", linux: { resources: { cpu: { cpus: "0" } } } }],
      evict: [{ containerId: "c3", reason: "r" }],
    },
  ];
  for (const answer of answers) {
    for (const handler of [() => answer, async () => answer]) {
      const { response } = EVENTS.createContainer;
      const decoded = response.decode(await send({ createContainer: handler }, "createContainer"));
      assert.deepEqual(decoded.adjust?.env[0]?.key, "A");
      assert.deepEqual(decoded.update[0]?.linux?.resources?.cpu?.cpus, "0");
      assert.deepEqual(decoded.evict[0]?.containerId, "c3");
    }
  }
});

test("updates answer UpdateContainer and StopContainer", async () => {
  const updates = [update("c2").cpus("0")];
  for (const name of ["updateContainer", "stopContainer"] as const) {
    const bytes = await send({ [name]: () => ({ updates }) }, name);
    const decoded = EVENTS[name].response.decode(bytes) as { update: ContainerUpdate[] };
    assert.deepEqual(
      decoded.update.map(({ containerId }) => containerId),
      ["c2"],
    );
  }
});

const MISTAKES: readonly [string, EventName, unknown, RegExp][] = [
  [
    "a misspelt part",
    "createContainer",
    { adjust: {}, update: [] },
    /returned "update", it can answer only adjust, updates, evict/,
  ],
  ["a bare builder", "createContainer", adjustment(), /returned a bare builder/],
  ["something else", "createContainer", true, /CreateContainer handler returned boolean/],
  ["updates that are no list", "createContainer", { updates: update("c") }, /returned updates that is not a list/],
  [
    "an adjustment where none is possible",
    "startContainer",
    { adjust: {} },
    /StartContainer handler returned "adjust", it can answer nothing/,
  ],
  ["an eviction where none is possible", "stopContainer", { evict: [] }, /it can answer only updates/],
];

for (const [what, event, answer, message] of MISTAKES) {
  test(`an answer with ${what} is an error, not silently lost`, () => {
    assert.throws(() => send({ [event]: () => answer }, event), { code: "invalid-answer", message });
  });
}

test("what a handler of a mere notification returns by the way is ignored", () => {
  assert.deepEqual(send({ startContainer: (() => 5) as never }, "startContainer"), new Uint8Array(0));
});

test("what a handler throws is passed on for its status, at once or later", async () => {
  const thrown = new StatusError(9, "not now");
  const now = () => {
    throw thrown;
  };
  assert.throws(() => send({ createContainer: now }, "createContainer"), thrown);
  await assert.rejects(
    Promise.resolve(send({ createContainer: () => Promise.reject(thrown) }, "createContainer")),
    thrown,
  );
});

test("a validator rejects by returning or throwing a reason, and accepts by returning nothing", async () => {
  const { response } = EVENTS.validateContainerAdjustment;
  const verdict = async (handler: () => unknown) => {
    const { reject, reason } = response.decode(
      await send({ validateContainerAdjustment: handler as never }, "validateContainerAdjustment"),
    );
    return [reject, reason];
  };
  const boom = () => {
    throw new Error("boom");
  };
  assert.deepEqual(await verdict(() => undefined), [false, ""]);
  assert.deepEqual(await verdict(async () => undefined), [false, ""]);
  assert.deepEqual(await verdict(() => "no"), [true, "no"]);
  assert.deepEqual(await verdict(() => ""), [true, ""]);
  assert.deepEqual(await verdict(boom), [true, "boom"]);
  assert.deepEqual(await verdict(async () => boom()), [true, "boom"]);
  assert.deepEqual(await verdict(() => false), [
    true,
    "validation handler returned boolean, expected a reason or undefined",
  ]);
});

test("a request that does not decode is answered with status Internal", () => {
  const method = pluginMethods({ startContainer: () => undefined }, SESSION).StartContainer;
  assert.throws(() => method?.(new Uint8Array([0x0a, 0xff]), CALL), {
    status: 13,
    message: /ttrpc: error unmarshalling payload/,
  });
});

/** The argument that a handler gets for these bytes. */
function argumentFor(payload: Uint8Array): Record<string, unknown> {
  const seen: object[] = [];
  const methods = pluginMethods({ updateContainer: (call) => void seen.push(call) }, SESSION);
  methods.UpdateContainer?.(payload, CALL);
  return seen[0] as Record<string, unknown>;
}

test("what a handler does not read is decoded all the same when something is wrong with it, and the handler not called", () => {
  const methods = pluginMethods({ createContainer: () => assert.fail("called") }, SESSION);
  const broken = {
    "cut off": /CreateContainerRequest.pod.id: cut off/,
    "not UTF-8": /CreateContainerRequest.container.id: invalid UTF-8 in a string of 1 bytes/,
  };
  const bytes = { "cut off": [10, 1, 10], "not UTF-8": [10, 0, 18, 3, 10, 1, 255] };
  for (const what of ["cut off", "not UTF-8"] as const) {
    assert.throws(() => methods.CreateContainer?.(Uint8Array.from(bytes[what]), CALL), {
      status: 13,
      message: broken[what],
    });
  }
});

test("a handler's argument is copied, listed, compared, printed and written to as if all of it had been decoded", () => {
  const request = { pod: { id: "p" }, container: { id: "c", env: ["A=1"] } };
  const { updateContainer } = EVENTS;
  const payload = updateContainer.request.encode(request);
  const message = updateContainer.request.decode(payload);
  const names = ["pod", "container", "linuxResources"];
  assert.deepEqual({ ...argumentFor(payload) }, message);
  assert.deepEqual(Object.keys(argumentFor(payload)), names);
  assert.equal("pod" in argumentFor(payload) && Object.hasOwn(argumentFor(payload), "linuxResources"), true);
  const { pod, ...rest } = argumentFor(payload);
  assert.deepEqual([pod, Object.keys(rest)], [message.pod, names.slice(1)]);
  assert.equal(inspect(argumentFor(payload)), `Call ${inspect(message)}`);
  const call = argumentFor(payload);
  assert.equal(call.container, call.container);
  call.container = "mine";
  assert.equal(call.container, "mine");
  const empty = argumentFor(new Uint8Array(0));
  assert.equal(empty.pod, empty.pod);
});

test("whatever is read first, a handler reads what is decoded at once, with stand-ins for what is missing", () => {
  const part = fc.option(fc.record({ id: fc.string({ unit: "binary" }), name: fc.string() }), { nil: undefined });
  const order = fc.shuffledSubarray(["pod", "container", "linuxResources"] as const);
  fc.assert(
    fc.property(part, part, order, (pod, container, order) => {
      const { request } = EVENTS.updateContainer;
      const payload = request.encode({ pod, container });
      const call = argumentFor(payload);
      const read = new Map(order.map((name) => [name, call[name]]));
      assert.deepEqual({ ...call }, request.create({ pod: pod ?? {}, container: container ?? {} }));
      for (const [name, value] of read) assert.equal(call[name], value);
    }),
    { numRuns: 30 },
  );
});

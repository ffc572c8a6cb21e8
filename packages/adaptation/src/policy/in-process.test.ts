// What a plugin in the same process gets to know of a request, and what it can require.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTS, type Init } from "@nri/protocol";
import type { AdaptationError } from "../errors.js";
import { AdaptationError as Failure } from "../errors.js";
import { Traffic } from "../joining/traffic.js";
import { DEFAULT_LIMITS } from "../limits.js";
import type { PluginPeer, ValidationView } from "../peer.js";
import { PluginRecord } from "../plugin-record.js";
import { Relay } from "../relay.js";
import { RequestQueue } from "../request-queue.js";
import { Roster } from "../roster.js";
import { PolicyBook } from "./index.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };
const { mask: CREATE } = EVENTS.createContainer;
const { mask: VALIDATE } = EVENTS.validateContainerAdjustment;
const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

type Answer = Pick<PluginPeer, "request"> & Partial<Pick<PluginPeer, "required">>;

/** A relay with plugins that are objects. */
function relayOf(plugins: { readonly [name: string]: readonly [events: number, answer: Answer] }): Relay {
  const roster = new Roster(log);
  for (const [i, [name, [events, answer]]] of Object.entries(plugins).entries()) {
    const record = new PluginRecord(i + 1, "external", { index: "", base: "" }, DEFAULT_LIMITS, nothing);
    record.identify(String(10 + i), name);
    for (const state of ["registered", "configured"] as const) {
      record.to(state);
    }
    record.events = events;
    roster.join({ record, shutdown: async () => undefined, close: nothing, ...answer });
  }
  return new Relay({
    compat: "default",
    limits: DEFAULT_LIMITS,
    log,
    meter: undefined,
    observer: {},
    guard: undefined,
    warn: nothing,
    queue: new RequestQueue(10),
    roster,
    traffic: new Traffic(roster, 2000, 10),
    policies: new PolicyBook([{ plugin: "*", failure: "skip" }], 2000),
    requirements: undefined,
  });
}

function adding(key: string): Answer {
  return { request: async () => ({ adjust: { env: [{ key, value: "1" }] } }) };
}

const lost: Answer = {
  request: async () => {
    throw new Failure("request-timeout", "too late");
  },
};

test("a validator in the same process is told the effective container and who answered", async () => {
  let told: ValidationView | undefined;
  const judge: Answer = {
    request: async ({ validation }) => {
      told = validation;
      return undefined;
    },
  };
  const relay = relayOf({
    first: [CREATE, adding("B")],
    lame: [CREATE, lost],
    bystander: [EVENTS.stopContainer.mask, lost],
    judge: [VALIDATE, judge],
  });
  await relay.relay("createContainer", { pod, container }, undefined);
  assert.deepEqual(told?.answered, ["10-first", "12-bystander", "13-judge"]);
  assert.deepEqual(told?.effective.env, ["A=1", "B=1"]);
});

test("a plugin in the same process can require others, request by request", async () => {
  const demanding: Answer = {
    request: async () => undefined,
    required: (event, message) =>
      event === "createContainer" && (message as { pod: Init<typeof pod> }).pod.namespace === "prod"
        ? ["lame", "absent"]
        : [],
  };
  const relay = relayOf({ demanding: [VALIDATE, demanding], lame: [CREATE, lost] });
  const inProd = { pod: { ...pod, namespace: "prod" }, container };
  await relay.relay("createContainer", { pod, container }, undefined);
  await relay.relay("startContainer", inProd, undefined);
  await assert.rejects(relay.relay("createContainer", inProd, undefined), (error: AdaptationError) => {
    assert.equal(error.code, "required-plugin");
    assert.deepEqual(error.plugins, ["absent"]);
    return true;
  });
});

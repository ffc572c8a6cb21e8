// What a plugin in the same process gets to know of a request, and what it can require.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTS, type Init } from "@nri/protocol";
import { type AdaptationError, AdaptationError as Failure } from "../errors.js";
import type { ValidationView } from "../peer.js";
import { type Answer, type Plugins, relayOf } from "../relay.fixture.js";
import { PolicyBook } from "./index.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };
const { mask: CREATE } = EVENTS.createContainer;
const { mask: VALIDATE } = EVENTS.validateContainerAdjustment;
/** Plugins that are skipped when they fail. */
const rules = { policies: new PolicyBook([{ plugin: "*", failure: "skip" }], 2000) };

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
  const plugins: Plugins = {
    first: [CREATE, adding("B")],
    lame: [CREATE, lost],
    bystander: [EVENTS.stopContainer.mask, lost],
    judge: [VALIDATE, judge],
  };
  const relay = relayOf(plugins, rules);
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
  const relay = relayOf({ demanding: [VALIDATE, demanding], lame: [CREATE, lost] }, rules);
  const inProd = { pod: { ...pod, namespace: "prod" }, container };
  await relay.relay("createContainer", { pod, container }, undefined);
  await relay.relay("startContainer", inProd, undefined);
  await assert.rejects(relay.relay("createContainer", inProd, undefined), (error: AdaptationError) => {
    assert.equal(error.code, "required-plugin");
    assert.deepEqual(error.plugins, ["absent"]);
    return true;
  });
});

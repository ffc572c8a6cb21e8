// The failure policy that a plugin asks for with its answer to Configure: what it gets, and what it does not.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FailurePolicy, Init } from "@nri/protocol";
import { eventually, type Lab, type LabOptions, startLab } from "../lab.fixture.js";
import { failing, type RawPlugin, silent } from "../raw-plugin.fixture.js";
import type { PolicyRule } from "./types.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

const FOUR: readonly (Init<FailurePolicy> & object)[] = [
  {},
  { failRequest: true },
  { keepConnected: true },
  { failRequest: true, keepConnected: true },
];

/** What a plugin does when it is asked. */
type Fault = (plugin: () => RawPlugin) => unknown;
const hang: Fault = silent;
const die: Fault = (plugin) => {
  plugin().close();
  return silent();
};

interface Outcome {
  /** "done", or the code and text of the error. */
  readonly result: string;
  /** Whether the plugin after it was asked. */
  readonly next: boolean;
  /** Whether it is still there. */
  readonly stays: boolean;
}

async function run(failurePolicy: Init<FailurePolicy>, fault: Fault, options: LabOptions = {}): Promise<Outcome> {
  await using lab = await startLab({ requestTimeoutMs: 300, ...options });
  const faulty: RawPlugin = await lab.connect({
    index: "10",
    name: "faulty",
    failurePolicy,
    on: { startContainer: () => fault(() => faulty) },
  });
  const next = await lab.connect({ index: "20", name: "next", on: { startContainer: () => undefined } });
  const result = await startContainer(lab);
  return { result, next: next.methods.includes("StartContainer"), stays: isThere(lab, "faulty") };
}

async function startContainer({ adaptation }: Lab): Promise<string> {
  return await adaptation.startContainer({ pod, container }).then(() => "done", told);
}

const told = ({ code, message }: { code: string; message: string }): string => `${code}: ${message}`;
const isThere = ({ adaptation }: Lab, base: string): boolean => adaptation.plugins.some((one) => one.base === base);

for (const compat of ["default", "reference"] as const) {
  const late = {
    default: 'plugin "10-faulty": StartContainer not answered in 300 ms',
    reference: "context deadline exceeded",
  }[compat];

  test(`compat ${compat}: a plugin that hangs gets what it asked for: fail_request and keep_connected each decide one thing`, async () => {
    await Promise.all(
      FOUR.map(async (policy) => {
        const { failRequest = false, keepConnected = false } = policy;
        assert.deepEqual(
          await run(policy, hang, { compat }),
          {
            result: failRequest
              ? `request-timeout: plugin 10-faulty failed to handle StartContainer request: ${late}`
              : "done",
            next: !failRequest,
            stays: keepConnected,
          },
          JSON.stringify(policy),
        );
      }),
    );
  });

  test(`compat ${compat}: a plugin that loses its connection never stays, and fails the request if it asked for that`, async () => {
    await Promise.all(
      FOUR.map(async (policy) => {
        const { result, next, stays } = await run(policy, die, { compat, requestTimeoutMs: 5000 });
        const { failRequest = false } = policy;
        assert.deepEqual([next, stays], [!failRequest, false], JSON.stringify(policy));
        const text = "plugin-closed: plugin 10-faulty failed to handle StartContainer request: ";
        const lost = compat === "reference" ? "ttrpc: closed" : 'plugin "10-faulty": connection closed during StartC';
        assert.equal(failRequest ? result.startsWith(text + lost) : result === "done", true, result);
      }),
    );
  });

  test(`compat ${compat}: what a plugin answers as an error fails the request with its text, whatever it asked for`, async () => {
    await Promise.all(
      FOUR.map(async (policy) => {
        assert.deepEqual(await run(policy, failing("no", 4), { compat }), {
          result: "request-failed: rpc error: code = DeadlineExceeded desc = no",
          next: false,
          stays: true,
        });
      }),
    );
  });

  test(`compat ${compat}: when the caller has given up the plugin stays, whatever it asked for`, async () => {
    await using lab = await startLab({ requestTimeoutMs: 5000, compat });
    await lab.connect({ failurePolicy: { failRequest: true }, on: { startContainer: silent } });
    await assert.rejects(lab.adaptation.startContainer({ pod, container }, { timeoutMs: 300 }), /StartContainer/);
    assert.equal(lab.adaptation.plugins.length, 1);
  });

  test(`compat ${compat}: a validator that does not answer refuses the container; keep_connected keeps it`, async () => {
    for (const keepConnected of [false, true]) {
      await using lab = await startLab({ requestTimeoutMs: 300, compat });
      await lab.connect({
        name: "judge",
        failurePolicy: { keepConnected },
        on: { validateContainerAdjustment: silent },
      });
      const text = late.replace("10-faulty", "10-judge").replace("StartContainer", "ValidateContainerAdjustment");
      await assert.rejects(lab.adaptation.createContainer({ pod, container }), {
        code: "validator-failed",
        message: `validator plugin 10-judge failed: ${text}`,
      });
      assert.equal(isThere(lab, "judge"), keepConnected);
    }
  });

  test(`compat ${compat}: a validator lost before its verdict ${compat === "default" ? "refuses the container" : "is passed over"}`, async () => {
    await using lab = await startLab({ requestTimeoutMs: 300, compat });
    await lab.connect({ name: "judge", on: { createContainer: silent, validateContainerAdjustment: () => ({}) } });
    const created = await lab.adaptation.createContainer({ pod, container }).then(() => "created", told);
    assert.equal(compat === "default" ? /^validator-failed: /.test(created) : created === "created", true, created);
  });

  test(`compat ${compat}: a plugin that was lost before its turn fails no request`, async () => {
    await using lab = await startLab({ compat });
    await lab.connect({
      index: "10",
      on: {
        startContainer: async () => {
          victim.close();
          await eventually(() => lab.adaptation.plugins.length === 1, "the victim is gone");
        },
      },
    });
    const victim = await lab.connect({
      index: "20",
      failurePolicy: { failRequest: true, keepConnected: true },
      on: { startContainer: () => undefined },
    });
    assert.equal(await startContainer(lab), "done");
  });

  test(`compat ${compat}: a builtin plugin may ask for the same`, async () => {
    const builtin = {
      index: "10",
      name: "faulty",
      configure: () => ({ failurePolicy: { failRequest: true, keepConnected: true } }),
      startContainer: () => new Promise<undefined>(() => undefined),
    };
    await using lab = await startLab({ requestTimeoutMs: 300, compat, builtins: [builtin] });
    const text = `plugin 10-faulty failed to handle StartContainer request: ${late}`;
    assert.equal(await startContainer(lab), `request-timeout: ${text}`);
    assert.equal(isThere(lab, "faulty"), true);
  });
}

test("a rule stands above what the plugin asks for, with the keys that it has", async () => {
  const rule = (more: Omit<PolicyRule, "plugin">): LabOptions => ({
    policies: { rules: [{ plugin: "faulty", ...more }] },
  });
  const retry = { attempts: 1, delayMs: 1, maxDelayMs: 20 };
  const both = { failRequest: true, keepConnected: true };
  const done = { result: "done", next: true };
  const cases = [
    [both, rule({ failure: "drop" }), { ...done, stays: false }],
    [both, rule({ failure: "skip" }), { ...done, stays: true }],
    [both, rule({ failure: "retry", retry: { ...retry, then: "drop" } }), { ...done, stays: false }],
    // These say nothing of how it ends.
    [{ keepConnected: true }, rule({ failure: "retry", retry }), { ...done, stays: true }],
    [{ keepConnected: true }, rule({ error: "fail", timeoutMs: 310 }), { ...done, stays: true }],
    [{ keepConnected: true }, rule({ events: ["createContainer"], failure: "fail" }), { ...done, stays: true }],
  ] as const;
  await Promise.all(
    cases.map(async ([policy, options, expected]) => {
      assert.deepEqual(await run(policy, hang, options), expected, JSON.stringify(options));
    }),
  );
  const { result, stays } = await run({}, hang, rule({ failure: "fail" }));
  assert.deepEqual(
    [result, stays],
    ['request-timeout: plugin "10-faulty": StartContainer not answered in 300 ms', true],
  );
});

test("a plugin that is kept is told of, and has still not answered for those who require it", async () => {
  const required = [{ plugin: "faulty" }];
  await using lab = await startLab({ requestTimeoutMs: 300, policies: { required } });
  await lab.connect({ name: "faulty", failurePolicy: { keepConnected: true }, on: { startContainer: silent } });
  const [plugin] = lab.adaptation.plugins;
  assert.deepEqual(plugin?.failurePolicy, { failRequest: false, keepConnected: true });
  assert.match(await startContainer(lab), /^required-plugin: .*"faulty" did not answer/);
  assert.deepEqual(
    lab.warnings.map(({ text }) => text),
    [
      'plugin 10-faulty failed to handle StartContainer request: plugin "10-faulty": StartContainer not answered in 300 ms (as it asked for with its configuration): going on without its answer',
    ],
  );
  const [call] = lab.calls.filter(({ event }) => event === "startContainer");
  assert.equal(call?.outcome, "skipped");
});

test("a plugin that asks to be kept is dropped all the same when too much is unanswered; the reference keeps it", async () => {
  for (const compat of ["default", "reference"] as const) {
    await using lab = await startLab({ requestTimeoutMs: 300, compat, limits: { maxLateCalls: 1 } });
    await lab.connect({ name: "faulty", failurePolicy: { keepConnected: true }, on: { startContainer: silent } });
    await startContainer(lab);
    assert.equal(isThere(lab, "faulty"), true);
    await startContainer(lab);
    assert.equal(isThere(lab, "faulty"), compat === "reference");
  }
});

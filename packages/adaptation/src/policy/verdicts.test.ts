// What policies mean for validators: nobody is let through unless a rule names their event.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startLab } from "../lab.fixture.js";
import { failing, type RawPlugin, silent } from "../raw-plugin.fixture.js";
import type { PolicyRule } from "./types.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };
const VERDICT = ["validateContainerAdjustment"] as const;

/** Creates a container judged by one validator; tells what came of it, how often it was asked, and whether it is still there. */
async function create(
  rule: PolicyRule,
  verdict: (judge: () => RawPlugin) => unknown,
): Promise<[string, number, number]> {
  const rules = [{ ...rule, retry: { attempts: 1, delayMs: 1, maxDelayMs: 20, ...rule.retry } }];
  await using lab = await startLab({ requestTimeoutMs: 300, policies: { rules } });
  const judge: RawPlugin = await lab.connect({
    on: { validateContainerAdjustment: () => verdict(() => judge) },
  });
  const result = await lab.adaptation.createContainer({ pod, container }).then(
    () => "created",
    (error: { code: string }) => error.code,
  );
  return [result, judge.requests("ValidateContainerAdjustment").length, lab.adaptation.plugins.length];
}

test("rules without events do not waive a verdict, nor rules for other events", async () => {
  const rules: PolicyRule[] = [
    { plugin: "*", failure: "skip", error: "skip" },
    { plugin: "10-raw", failure: "drop", error: "drop" },
    { plugin: "*", failure: "retry", error: "retry", retry: { then: "skip" } },
    { plugin: "*", events: ["createContainer"], failure: "skip", error: "skip" },
  ];
  await Promise.all(
    rules.map(async (rule) => {
      assert.deepEqual(await create(rule, failing("confused")), ["validator-failed", 1, 1]);
      assert.deepEqual(await create(rule, silent), ["validator-failed", 1, 0]);
    }),
  );
});

test("a rule that names the event decides about a validator that does not answer, or answers with an error", async () => {
  const rule = (policy: "fail" | "skip" | "drop" | "retry", then?: "skip"): PolicyRule => {
    return { plugin: "raw", events: VERDICT, failure: policy, error: policy, ...(then && { retry: { then } }) };
  };
  const leave = (judge: () => RawPlugin): unknown => {
    judge().close();
    return silent();
  };
  const cases: [PolicyRule, (judge: () => RawPlugin) => unknown, [string, number, number]][] = [
    [rule("skip"), failing("confused"), ["created", 1, 1]],
    [rule("skip"), silent, ["created", 1, 1]],
    [rule("skip"), leave, ["created", 1, 0]],
    [rule("drop"), failing("confused"), ["created", 1, 0]],
    [rule("drop"), silent, ["created", 1, 0]],
    [rule("fail"), silent, ["validator-failed", 1, 1]],
    // After the last attempt it is as without a rule, unless the rule says what then.
    [rule("retry"), failing("confused"), ["validator-failed", 2, 1]],
    [rule("retry"), silent, ["validator-failed", 2, 0]],
    [rule("retry", "skip"), silent, ["created", 2, 1]],
  ];
  await Promise.all(
    cases.map(async ([one, verdict, expected], i) =>
      assert.deepEqual(await create(one, verdict), expected, `case ${i}`),
    ),
  );
});

test("a rejection is a verdict: no rule makes it another one", async () => {
  const rule: PolicyRule = { plugin: "*", events: VERDICT, failure: "skip", error: "skip" };
  assert.deepEqual(await create(rule, () => ({ reject: true })), ["validator-rejected", 1, 1]);
});

test("one validator that is waived does not waive the others", async () => {
  const rules: PolicyRule[] = [{ plugin: "lame", events: VERDICT, error: "skip" }];
  await using lab = await startLab({ policies: { rules } });
  await lab.connect({ index: "10", name: "lame", on: { validateContainerAdjustment: failing("no idea") } });
  await lab.connect({ index: "20", name: "strict", on: { validateContainerAdjustment: () => ({ reject: true }) } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), { code: "validator-rejected" });
});

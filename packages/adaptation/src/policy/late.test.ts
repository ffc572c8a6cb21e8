// Answers that come too late: discarded, counted, and not for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, startLab } from "../lab.fixture.js";
import { silent } from "../raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };
const skipping = { rules: [{ plugin: "*", failure: "skip" }] } as const;

test("a late answer is discarded and counted, and the plugin goes on as before", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300, policies: skipping });
  let answer = (): void => undefined;
  const late = new Promise<object>((resolve) => {
    answer = () => resolve({ adjust: { env: [{ key: "X", value: "late" }] } });
  });
  let calls = 0;
  await lab.connect({
    on: { createContainer: () => (++calls === 1 ? late : { adjust: { env: [{ key: "X", value: "2" }] } }) },
  });
  const first = await lab.adaptation.createContainer({ pod, container });
  const [plugin] = lab.adaptation.plugins;
  assert.ok(plugin !== undefined);
  assert.deepEqual([first.adjust?.env, plugin.lateAnswers, plugin.unansweredCalls], [[], 0, 1]);
  answer();
  await eventually(() => plugin.lateAnswers === 1, "the late answer came");
  assert.equal(plugin.unansweredCalls, 0);
  const second = await lab.adaptation.createContainer({ pod, container });
  assert.equal(second.adjust?.env[0]?.value, "2");
  assert.equal(plugin.lateAnswers, 1);
});

test("an answer to the first attempt that comes during the second is late: the second is the one that counts", async () => {
  const rules = [{ plugin: "*", failure: "retry", retry: { attempts: 1, delayMs: 1 } }] as const;
  await using lab = await startLab({ requestTimeoutMs: 400, policies: { rules } });
  const adding = (value: string) => ({ adjust: { env: [{ key: "X", value }] } });
  let answerFirst: (answer: object) => void = () => undefined;
  const first = new Promise<object>((resolve) => {
    answerFirst = resolve;
  });
  let calls = 0;
  await lab.connect({
    on: {
      createContainer: async () => {
        if (++calls === 1) {
          return first;
        }
        answerFirst(adding("first"));
        await eventually(() => lab.adaptation.plugins[0]?.lateAnswers === 1, "the late answer came");
        return adding("second");
      },
    },
  });
  const { adjust } = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual(
    adjust?.env.map(({ value }) => value),
    ["second"],
  );
});

test("a plugin with more unanswered calls than allowed is dropped, with a warning that names the limit", async () => {
  await using lab = await startLab({ requestTimeoutMs: 300, policies: skipping, limits: { maxLateCalls: 2 } });
  const hung = await lab.connect({ name: "hung", on: { startContainer: silent } });
  for (const left of [1, 1, 0]) {
    await lab.adaptation.startContainer({ pod, container });
    assert.equal(lab.adaptation.plugins.length, left);
  }
  await hung.closed;
  const outcomes = lab.calls.filter(({ event }) => event === "startContainer").map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ["skipped", "skipped", "dropped"]);
  const text =
    "closing plugin 10-hung: 3 calls are unanswered beyond their deadline, the maximum is 2 (limits.maxLateCalls)";
  assert.ok(lab.warnings.some((warning) => warning.text === text));
});

test("calls that their callers gave up count as well; one that is answered late does not", async () => {
  await using lab = await startLab({ limits: { maxLateCalls: 1 } });
  const answers: (() => void)[] = [];
  const slow = await lab.connect({ on: { startContainer: () => new Promise((go) => answers.push(() => go({}))) } });
  const giveUp = async (): Promise<void> => {
    const controller = new AbortController();
    const starting = lab.adaptation.startContainer({ pod, container }, controller);
    const failing = assert.rejects(starting, { code: "canceled" });
    const before = answers.length;
    await eventually(() => answers.length > before, "the plugin is asked");
    controller.abort();
    await failing;
  };
  await giveUp();
  answers[0]?.();
  await eventually(() => lab.adaptation.plugins[0]?.lateAnswers === 1, "the late answer came");
  await giveUp();
  assert.equal(lab.adaptation.plugins.length, 1);
  await giveUp();
  assert.equal(lab.adaptation.plugins.length, 0);
  await slow.closed;
});

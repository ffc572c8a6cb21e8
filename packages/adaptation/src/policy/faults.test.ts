// Each failure policy against each way in which a plugin can fail a request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENTS } from "@nri/protocol";
import { eventually, type Lab, startLab } from "../lab.fixture.js";
import { failing, type RawPlugin, silent } from "../raw-plugin.fixture.js";
import type { FailurePolicy, PolicyRule } from "./types.js";

const pod = { id: "p1", name: "pod", namespace: "default" };
const container = { id: "c1", podSandboxId: "p1", name: "one", env: ["A=1"] };

interface Fault {
  readonly kind: "failure" | "error";
  /** Whether the connection outlives it. */
  readonly lives: boolean;
  readonly code: string;
  readonly strike: (plugin: RawPlugin) => unknown;
}

const FAULTS: { readonly [name: string]: Fault } = {
  hang: { kind: "failure", lives: true, code: "request-timeout", strike: silent },
  close: {
    kind: "failure",
    lives: false,
    code: "plugin-closed",
    strike: (plugin) => {
      plugin.close();
      return silent();
    },
  },
  "half-close": {
    kind: "failure",
    lives: false,
    code: "plugin-closed",
    strike: (plugin) => {
      plugin.socket.end();
      return silent();
    },
  },
  "reset in the middle of a frame": {
    kind: "failure",
    lives: false,
    code: "plugin-closed",
    strike: (plugin) => {
      plugin.socket.write(Uint8Array.of(0, 0, 0, 1, 0, 0), () => plugin.socket.destroy());
      return silent();
    },
  },
  "frames that are none": {
    kind: "failure",
    lives: false,
    code: "plugin-closed",
    strike: (plugin) => {
      plugin.socket.write(new Uint8Array(64).fill(0xff));
      return silent();
    },
  },
  "an answer that cannot be decoded": {
    kind: "failure",
    lives: true,
    code: "invalid-response",
    strike: () => Uint8Array.of(0x0a, 0x7f),
  },
  "an error": { kind: "error", lives: true, code: "request-failed", strike: failing("boom", 9) },
};

const adding = (key: string) => ({ adjust: { env: [{ key, value: "1" }] } });

/** A faulty plugin between two that add a variable each. */
async function faultyLab(
  fault: Fault,
  rule: Omit<PolicyRule, "plugin"> | undefined,
): Promise<{ lab: Lab; healthy: RawPlugin[]; faulty: RawPlugin }> {
  // Only where no answer comes the deadline is short: a slow machine is no fault.
  const timeoutMs = fault.code === "request-timeout" ? 300 : 10_000;
  const rules: PolicyRule[] = [{ plugin: "faulty", events: ["createContainer"], timeoutMs }];
  if (rule !== undefined) {
    rules.push({ plugin: "faulty", ...rule });
  }
  const lab = await startLab({ requestTimeoutMs: 10_000, policies: { rules } });
  try {
    const first = await lab.connect({ index: "10", name: "first", on: { createContainer: () => adding("FIRST") } });
    const faulty = await lab.connect({
      index: "20",
      name: "faulty",
      on: { createContainer: () => fault.strike(faulty) },
    });
    const last = await lab.connect({ index: "30", name: "last", on: { createContainer: () => adding("LAST") } });
    return { lab, healthy: [first, last], faulty };
  } catch (error) {
    await lab[Symbol.asyncDispose](); // a machine too slow for the time-outs fails this test, it does not hang it
    throw error;
  }
}

const creations = ({ methods }: RawPlugin): number => methods.filter((name) => name === "CreateContainer").length;

async function checkPolicy(fault: Fault, policy: FailurePolicy, what: string): Promise<void> {
  const { lab, healthy, faulty } = await faultyLab(fault, {
    [fault.kind]: policy,
    retry: { attempts: 1, delayMs: 1, maxDelayMs: 20, then: "skip" },
  });
  await using _ = lab;
  const create = lab.adaptation.createContainer({ pod, container });
  if (policy === "fail") {
    await assert.rejects(create, { code: fault.code, plugin: "20-faulty", request: "CreateContainer" }, what);
    assert.deepEqual(healthy.map(creations), [1, 0], what);
  } else {
    const { adjust } = await create;
    assert.deepEqual(
      adjust?.env.map(({ key }) => key),
      ["FIRST", "LAST"],
      what,
    );
    assert.deepEqual(healthy.map(creations), [1, 1], what);
  }
  assert.equal(creations(faulty), policy === "retry" && fault.lives ? 2 : 1, what);
  const stays = fault.lives && policy !== "drop";
  await eventually(() => lab.adaptation.plugins.length === (stays ? 3 : 2), `${what}: the plugins that are left`);
  const outcomes = lab.calls.filter(({ plugin, event }) => plugin.base === "faulty" && event === "createContainer");
  const left = stays ? "skipped" : "dropped";
  const expected = { fail: ["failed"], skip: [left], drop: ["dropped"], retry: ["retried", left] }[policy];
  assert.deepEqual(
    outcomes.map(({ outcome }) => outcome),
    expected,
    what,
  );
  const warned = lab.warnings.filter(({ text }) => text.includes("20-faulty") && text.includes("CreateContainer"));
  const said = { fail: [], skip: ["skip"], drop: ["drop"], retry: ["retry", "skip"] }[policy];
  assert.deepEqual(
    warned.map(({ text }) => /\(policy "(\w+)" for (\w+)\)/.exec(text)?.slice(1)),
    said.map((name) => [name, fault.kind]),
    what,
  );
}

for (const policy of ["fail", "skip", "drop", "retry"] as const) {
  test(`policy ${policy}: whatever the plugin does, the others are asked as it says, and nothing of it stays`, async () => {
    await Promise.all(Object.entries(FAULTS).map(([name, fault]) => checkPolicy(fault, policy, `${name}, ${policy}`)));
  });
}

test("without a rule a plugin that does not answer is dropped, and one that answers badly fails the request", async () => {
  await Promise.all(
    Object.entries(FAULTS).map(async ([name, fault]) => {
      const { lab } = await faultyLab(fault, undefined);
      await using _ = lab;
      const creating = lab.adaptation.createContainer({ pod, container });
      if (fault.kind === "error" || fault.code === "invalid-response") {
        await assert.rejects(creating, { code: fault.code }, name);
        assert.equal(lab.adaptation.plugins.length, 3, name);
      } else {
        assert.equal((await creating).adjust?.env.length, 2, name);
        assert.equal(lab.adaptation.plugins.length, 2, name);
      }
    }),
  );
});

test("no policy excuses a conflict, nor what is the caller's own mistake", async () => {
  const rules: PolicyRule[] = [{ plugin: "*", failure: "skip", error: "skip" }];
  await using lab = await startLab({ policies: { rules } });
  await lab.connect({ index: "10", on: { createContainer: () => adding("X") } });
  await lab.connect({ index: "20", on: { createContainer: () => adding("X") } });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }), { code: "conflict" });
  await assert.rejects(lab.adaptation.createContainer({ pod, container: { ...container, env: [7 as never] } }), {
    code: "invalid-request",
  });
  await assert.rejects(lab.adaptation.createContainer({ pod, container }, { signal: AbortSignal.abort() }), {
    code: "canceled",
  });
  assert.equal(lab.adaptation.plugins.length, 2);
});

test("every code that a plugin can answer is an error to the policies, DeadlineExceeded and Unavailable too", async () => {
  await using lab = await startLab({ policies: { rules: [{ plugin: "*", failure: "fail", error: "skip" }] } });
  const codes = Array.from({ length: 16 }, (_, i) => i + 1);
  let code = 0;
  const plugin = await lab.connect({ on: { createContainer: () => failing("no", code)() } });
  for (code of codes) {
    await lab.adaptation.createContainer({ pod, container });
  }
  assert.equal(creations(plugin), codes.length);
  assert.equal(lab.warnings.filter(({ text }) => text.includes('(policy "skip" for error)')).length, codes.length);
  assert.equal(lab.adaptation.plugins.length, 1);
});

test("a plugin that is skipped owns nothing: another may set what it would have set", async () => {
  await using lab = await startLab({
    requestTimeoutMs: 300,
    policies: { rules: [{ plugin: "late", failure: "skip" }] },
  });
  await lab.connect({
    index: "10",
    name: "late",
    on: {
      createContainer: async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        return { ...adding("X"), update: [{ containerId: "other" }] };
      },
    },
  });
  await lab.connect({ index: "20", name: "good", on: { createContainer: () => adding("X") } });
  const { adjust, update } = await lab.adaptation.createContainer({ pod, container });
  assert.deepEqual([adjust?.env.map(({ key }) => key), update], [["X"], []]);
  const good = lab.calls.find(({ plugin, event }) => plugin.base === "good" && event === "createContainer");
  assert.deepEqual(good?.owners?.owners.c1?.compound["6"]?.owners, { X: "20-good" });
  const late = lab.calls.find(({ plugin, event }) => plugin.base === "late" && event === "createContainer");
  assert.deepEqual(late?.owners?.owners, {});
});

test("a rule for some events leaves the others as they are; the last rule that says something wins", async () => {
  const rules: PolicyRule[] = [
    { plugin: "*", error: "skip" },
    { plugin: "10-picky", events: ["startContainer"], error: "fail" },
    { plugin: "picky", events: ["stopContainer"], error: "drop" },
  ];
  await using lab = await startLab({ policies: { rules } });
  const no = failing("no");
  await lab.connect({ name: "picky", on: { createContainer: no, startContainer: no, stopContainer: no } });
  await lab.adaptation.createContainer({ pod, container });
  await assert.rejects(lab.adaptation.startContainer({ pod, container }), { code: "request-failed" });
  assert.equal(lab.adaptation.plugins.length, 1);
  await lab.adaptation.stopContainer({ pod, container });
  assert.equal(lab.adaptation.plugins.length, 0);
});

test("a plugin that was lost before its turn fails the request where a rule says so, and is left out otherwise", async () => {
  for (const [rules, fails] of [
    [[{ plugin: "victim", failure: "fail" }], true],
    [[], false],
  ] as const) {
    await using lab = await startLab({ policies: { rules } });
    await lab.connect({
      index: "10",
      on: {
        createContainer: async () => {
          victim.close();
          await eventually(() => lab.adaptation.plugins.length === 1, "the victim is gone");
        },
      },
    });
    const victim = await lab.connect({ index: "20", name: "victim", events: EVENTS.createContainer.mask });
    const creating = lab.adaptation.createContainer({ pod, container });
    if (fails) {
      await assert.rejects(creating, { code: "plugin-closed", plugin: "20-victim" });
    } else {
      await creating;
    }
  }
});

// What the rules say about a plugin that fails an event which was queued for it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FailurePolicy, Init, StartContainerRequest } from "@nri/protocol";
import { eventually, type Lab, startLab } from "../lab.fixture.js";
import type { PolicyRule } from "../policy/index.js";
import { connectRawPlugin, failing, type RawPlugin, silent } from "../raw-plugin.fixture.js";

const ask = (id: string) => ({ pod: { id: "p1", name: "pod" }, container: { id, podSandboxId: "p1", name: id } });
const started = (plugin: RawPlugin) =>
  plugin.requests<StartContainerRequest>("StartContainer").map(({ container }) => container?.id);

/** A plugin for which the events "a" and "b" are queued while it is synchronised. */
async function queued(
  lab: Lab,
  startContainer: (request: StartContainerRequest) => unknown,
  failurePolicy?: Init<FailurePolicy>,
): Promise<RawPlugin> {
  let open: () => void = () => undefined;
  const plugin = await connectRawPlugin(lab.socket, {
    name: "joiner",
    ...(failurePolicy && { failurePolicy }),
    on: { startContainer },
    synchronize: () => new Promise((resolve) => (open = () => resolve({}))),
  });
  await eventually(() => plugin.methods.includes("Synchronize"), "it is synchronised");
  await lab.adaptation.startContainer(ask("a"));
  await lab.adaptation.startContainer(ask("b"));
  open();
  return plugin;
}

const only = (rule: Omit<PolicyRule, "plugin">) => ({ rules: [{ plugin: "joiner", ...rule }] });

for (const failure of ["skip", "fail"] as const) {
  test(`with "${failure}" it is told the next event, and joins`, async () => {
    await using lab = await startLab({ policies: only({ failure, timeoutMs: 300 }) });
    const plugin = await queued(lab, ({ container }) => (container?.id === "a" ? silent() : undefined));
    await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
    assert.deepEqual(started(plugin), ["a", "b"]);
    assert.deepEqual(
      lab.warnings.map(({ text }) => text),
      ['plugin "10-joiner": queued StartContainer: plugin "10-joiner": StartContainer not answered in 300 ms'],
    );
    assert.equal(lab.adaptation.plugins[0]?.unansweredCalls, 1);
    plugin.close();
  });
}

test("without a rule it joins when it has asked to be kept, and else it does not become a plugin", async () => {
  await Promise.all(
    [{ keepConnected: true }, { keepConnected: true, failRequest: true }, { failRequest: true }, {}].map(
      async (own) => {
        await using lab = await startLab({ requestTimeoutMs: 1000 });
        const plugin = await queued(lab, ({ container }) => (container?.id === "a" ? silent() : undefined), own);
        if ("keepConnected" in own) {
          await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
          assert.deepEqual(started(plugin), ["a", "b"]);
          plugin.close();
        } else {
          await plugin.closed;
          assert.deepEqual([started(plugin), lab.adaptation.plugins], [["a"], []]);
        }
      },
    ),
  );
});

test('with "retry" it is asked again, in order, until its limits', async () => {
  const retry = { attempts: 2, delayMs: 1, then: "drop" } as const;
  await using lab = await startLab({ policies: only({ error: "retry", retry }) });
  let calls = 0;
  const plugin = await queued(lab, () => (++calls < 3 ? failing("not yet")() : undefined));
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(started(plugin), ["a", "a", "a", "b"]);
  const outcomes = lab.calls.filter(({ event }) => event === "startContainer");
  assert.deepEqual(
    outcomes.map(({ outcome, attempt }) => [outcome, attempt]),
    [
      ["retried", 1],
      ["retried", 2],
      ["answered", 3],
      ["answered", 1],
    ],
  );
  plugin.close();
});

test('with "drop" for errors it does not become a plugin', async () => {
  await using lab = await startLab({ policies: only({ error: "drop" }) });
  const plugin = await queued(lab, failing("no"));
  await plugin.closed;
  assert.deepEqual([started(plugin), lab.adaptation.plugins], [["a"], []]);
});

test("one that leaves more calls unanswered than it may is given up, whatever the rules say", async () => {
  await using lab = await startLab({
    policies: only({ failure: "skip", timeoutMs: 300 }),
    limits: { maxLateCalls: 1 },
  });
  const plugin = await queued(lab, silent);
  await plugin.closed;
  assert.deepEqual(lab.adaptation.plugins, []);
  assert.match(lab.warnings.map(({ text }) => text).join("\n"), /2 calls are unanswered beyond their deadline/);
});

// Plugins that come while requests run: what they are handed, what is queued for them, who waits for them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type {
  Container,
  ContainerUpdate,
  CreateContainerRequest,
  Init,
  StartContainerRequest,
  SynchronizeRequest,
} from "@nri/protocol";
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import { eventually, type Lab, startLab } from "../lab.fixture.js";
import { connectRawPlugin, failing, type RawPlugin, type RawPluginOptions, silent } from "../raw-plugin.fixture.js";

const pod = { id: "p1", name: "pod" };
const ctr = (id: string): Init<Container> => ({ id, podSandboxId: "p1", name: id });
const ask = (id: string): { pod: typeof pod; container: Init<Container> } => ({ pod, container: ctr(id) });

/** A door that is closed until it is opened. */
function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

/** A plugin whose Synchronize has arrived and is answered when its gate opens. */
async function joiner(
  lab: Lab,
  options: RawPluginOptions = {},
): Promise<{ readonly plugin: RawPlugin; readonly open: () => void }> {
  const { open, opened } = gate();
  const plugin = await connectRawPlugin(lab.socket, {
    name: "joiner",
    on: { startContainer: () => undefined },
    synchronize: async () => {
      await opened;
      return {};
    },
    ...options,
  });
  await eventually(() => plugin.methods.includes("Synchronize"), "the synchronisation began");
  return { plugin, open };
}

const started = (plugin: RawPlugin): (string | undefined)[] =>
  plugin.requests<StartContainerRequest>("StartContainer").map(({ container }) => container?.id);
const created = (plugin: RawPlugin): (string | undefined)[] =>
  plugin.requests<CreateContainerRequest>("CreateContainer").map(({ container }) => container?.id);
const handed = (plugin: RawPlugin): string[] =>
  plugin.requests<SynchronizeRequest>("Synchronize").flatMap(({ containers }) => containers.map(({ id }) => id));

/** What is asked but not awaited here. */
function running<T>(promise: Promise<T>): { readonly promise: Promise<T>; done: boolean } {
  const state = { promise, done: false };
  promise.then(
    () => {
      state.done = true;
    },
    () => {
      state.done = true;
    },
  );
  return state;
}

test("while a plugin is synchronised events reach the others at once, and it gets them in order before it joins", async () => {
  await using lab = await startLab();
  const other = await lab.connect({ index: "20", on: { startContainer: () => undefined } });
  const { plugin, open } = await joiner(lab);
  for (const id of ["a", "b", "c"]) {
    await lab.adaptation.startContainer(ask(id));
  }
  assert.deepEqual(started(other), ["a", "b", "c"]);
  assert.deepEqual(started(plugin), []);
  assert.equal(lab.adaptation.plugins.length, 1);
  open();
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  assert.deepEqual(started(plugin), ["a", "b", "c"]);
  await lab.adaptation.startContainer(ask("d"));
  assert.deepEqual(started(plugin), ["a", "b", "c", "d"]);
  plugin.close();
});

test("what can be answered with content waits until the plugin has joined, and is asked of it", async () => {
  await using lab = await startLab();
  const { plugin, open } = await joiner(lab, { events: 0 });
  const asked = (["createContainer", "updateContainer", "stopContainer"] as const).map((name) =>
    running(lab.adaptation[name](ask("a"))),
  );
  await delay(50);
  assert.deepEqual(
    asked.map(({ done }) => done),
    [false, false, false],
  );
  open();
  await Promise.all(asked.map(({ promise }) => promise));
  assert.deepEqual(plugin.methods.slice(2), [
    "CreateContainer",
    "ValidateContainerAdjustment",
    "UpdateContainer",
    "StopContainer",
  ]);
  plugin.close();
});

test("what a plugin is not asked does not wait for it; its validation counts as being asked", async () => {
  await using lab = await startLab();
  const other = await lab.connect({ index: "20", on: { createContainer: () => undefined } });
  const { plugin, open } = await joiner(lab);
  await lab.adaptation.createContainer(ask("a"));
  assert.deepEqual(created(other), ["a"]);
  assert.equal(lab.adaptation.plugins.length, 1);
  open();
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  const validator = await joiner(lab, {
    name: "validator",
    index: "30",
    on: { validateContainerAdjustment: () => undefined },
  });
  const create = running(lab.adaptation.createContainer(ask("b")));
  const stop = lab.adaptation.stopContainer(ask("b"));
  await delay(50);
  assert.equal(create.done, false);
  validator.open();
  await Promise.all([create.promise, stop]);
  assert.deepEqual(validator.plugin.methods.slice(2), ["ValidateContainerAdjustment"]);
  assert.deepEqual(plugin.methods.slice(2), []);
  plugin.close();
  validator.plugin.close();
});

test("a plugin that fails its synchronisation, or does not answer it, releases all who waited", async () => {
  for (const failure of ["Unknown", "time-out", "lost"] as const) {
    await using lab = await startLab({ requestTimeoutMs: failure === "time-out" ? 300 : 5000 });
    const { open, opened } = gate();
    const plugin = await connectRawPlugin(lab.socket, {
      events: 0,
      methods: {
        Synchronize: async () => {
          if (failure === "time-out") return silent();
          await opened;
          if (failure === "Unknown") return failing("cannot")();
          plugin.close();
          return silent();
        },
      },
    });
    await eventually(() => plugin.methods.includes("Synchronize"), "the synchronisation began");
    await lab.adaptation.startContainer(ask("a"));
    const create = lab.adaptation.createContainer(ask("a"));
    open();
    await create;
    assert.deepEqual(lab.adaptation.plugins, []);
    await eventually(() => lab.warnings.length > 0, "a warning");
    assert.match(lab.warnings[0]?.text ?? "", /^failed to synchronize plugin: /);
    plugin.close();
  }
});

for (const [what, limits] of [
  ["events", { maxQueuedEvents: 3 }],
  ["bytes", { maxQueuedEventBytes: 60 }],
] as const) {
  test(`when the queue has no room for more ${what}, requests wait, and nothing is lost`, async () => {
    await using lab = await startLab({ limits });
    const { plugin, open } = await joiner(lab);
    const ids = Array.from({ length: 10 }, (_, i) => `c${i}`);
    const asked = ids.map((id) => running(lab.adaptation.startContainer(ask(id))));
    await delay(50);
    const early = asked.filter(({ done }) => done).length;
    assert.ok(early > 0 && early < 10, `${early} did not wait`);
    open();
    await Promise.all(asked.map(({ promise }) => promise));
    assert.deepEqual(started(plugin), ids);
    plugin.close();
  });
}

test("an error to a queued event is a warning; a queued event that is not answered drops the plugin", async () => {
  await using lab = await startLab({ requestTimeoutMs: 400 });
  const { plugin, open } = await joiner(lab, {
    on: { startContainer: failing("do not know it"), postStartContainer: silent },
  });
  await lab.adaptation.startContainer(ask("a"));
  await lab.adaptation.postStartContainer(ask("a"));
  open();
  await plugin.closed;
  await eventually(() => lab.warnings.length === 2, "two warnings");
  assert.deepEqual(
    lab.warnings.map(({ text }) => text),
    [
      'plugin "10-joiner": queued StartContainer: rpc error: code = Unknown desc = do not know it',
      'failed to synchronize plugin: plugin "10-joiner": PostStartContainer not answered in 400 ms',
    ],
  );
  assert.deepEqual(lab.adaptation.plugins, []);
});

test("a plugin that works its queue off too slowly is dropped when a request waits for it", async () => {
  await using lab = await startLab({ requestTimeoutMs: 600 });
  const { plugin, open } = await joiner(lab, {
    on: { startContainer: async () => void (await delay(200)), createContainer: () => undefined },
  });
  for (let i = 0; i < 20; i++) {
    await lab.adaptation.startContainer(ask(`c${i}`));
  }
  open();
  const before = performance.now();
  await lab.adaptation.createContainer(ask("x"));
  assert.ok(performance.now() - before < 2500);
  await plugin.closed;
  assert.match(lab.warnings[0]?.text ?? "", /events that were queued for it are not worked off after 600 ms/);
});

test("a container whose creation is under way at the moment of the state is in it, as the plugins adjusted it", async () => {
  await using lab = await startLab({ containers: [ctr("old")] });
  const { open, opened } = gate();
  await lab.connect({
    index: "20",
    on: {
      createContainer: async () => {
        await opened;
        return { adjust: { env: [{ key: "A", value: "1" }] } };
      },
      runPodSandbox: async () => void (await opened),
    },
  });
  const create = lab.adaptation.createContainer(ask("new"));
  const plugin = await connectRawPlugin(lab.socket, { events: 0 });
  await eventually(
    () => lab.states.some(({ plugin: { base }, state }) => base === "raw" && state === "configured"),
    "it waits",
  );
  await delay(20);
  assert.ok(!plugin.methods.includes("Synchronize"));
  open();
  await create;
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  const [state] = plugin.requests<SynchronizeRequest>("Synchronize");
  assert.deepEqual(
    state?.containers.map(({ id, env }) => [id, env]),
    [
      ["old", []],
      ["new", ["A=1"]],
    ],
  );
  assert.deepEqual(created(plugin), []);
  plugin.close();
});

test("a container whose creation is refused is not in the state, also when the runtime thought so", async () => {
  await using lab = await startLab({ containers: [ctr("old"), ctr("new")] });
  const { open, opened } = gate();
  await lab.connect({
    index: "20",
    on: {
      createContainer: async () => {
        await opened;
        return failing("no")();
      },
    },
  });
  const create = assert.rejects(lab.adaptation.createContainer(ask("new")), { code: "request-failed" });
  const plugin = await connectRawPlugin(lab.socket, { events: 0 });
  await eventually(
    () => lab.states.some(({ plugin: { base }, state }) => base === "raw" && state === "configured"),
    "it waits",
  );
  await delay(20);
  open();
  await create;
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  assert.deepEqual(handed(plugin), ["old"]);
  plugin.close();
});

for (const refused of [false, true]) {
  test(`a removal that is under way ${refused ? "and fails is queued" : "takes its container out of the state"}`, async () => {
    await using lab = await startLab({ containers: [ctr("a"), ctr("b")] });
    const { open, opened } = gate();
    const other = await lab.connect({
      index: "20",
      on: {
        removeContainer: async () => {
          await opened;
          return refused ? failing("no")() : undefined;
        },
      },
    });
    const remove = lab.adaptation.removeContainer(ask("a")).then(
      () => false,
      () => true,
    );
    await eventually(() => other.methods.includes("RemoveContainer"), "the removal is under way");
    const plugin = await connectRawPlugin(lab.socket, { events: 0 });
    await eventually(() => lab.states.filter(({ state }) => state === "configured").length === 2, "it waits");
    await delay(20);
    open();
    assert.equal(await remove, refused);
    await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
    assert.deepEqual(handed(plugin), refused ? ["a", "b"] : ["b"]);
    assert.equal(plugin.methods.includes("RemoveContainer"), refused);
    plugin.close();
  });
}

test("other events that are under way are queued, and updates in their answers go to the runtime", async () => {
  for (const event of ["startContainer", "stopContainer", "updateContainer"] as const) {
    const updated: ContainerUpdate[] = [];
    await using lab = await startLab({
      containers: [ctr("a")],
      updateContainers: async (updates, { plugin: { name } }) => {
        assert.equal(name, "10-raw");
        updated.push(...updates);
        return [];
      },
    });
    const { open, opened } = gate();
    const other = await lab.connect({ index: "20", on: { [event]: async () => void (await opened) } });
    const request = lab.adaptation[event](ask("a"));
    const { name } = EVENTS[event];
    await eventually(() => other.methods.includes(name), "it is under way");
    const answer = { update: event === "startContainer" ? [] : [{ containerId: "b" }] };
    const plugin = await connectRawPlugin(lab.socket, { on: { [event]: () => answer } });
    await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
    assert.deepEqual(plugin.methods, ["Configure", "Synchronize", name]);
    await eventually(() => updated.length === answer.update.length, "the updates");
    open();
    await request;
    assert.equal(plugin.methods.length, 3, "and not asked again");
    plugin.close();
  }
});

test("a container whose creation has not had its turn yet is in no state, and comes as an event", async () => {
  const containers = [ctr("old"), ctr("new")];
  await using lab = await startLab({ containers });
  const { open, opened } = gate();
  const other = await lab.connect({ index: "20", on: { startContainer: async () => void (await opened) } });
  const start = lab.adaptation.startContainer(ask("old"));
  const create = lab.adaptation.createContainer(ask("new"));
  await eventually(() => other.methods.includes("StartContainer"), "the start is under way");
  const plugin = await connectRawPlugin(lab.socket, { events: 0 });
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  open();
  await Promise.all([start, create]);
  assert.deepEqual(handed(plugin), ["old"]);
  assert.deepEqual(created(plugin), ["new"]);
  plugin.close();
});

test("what is created and removed while the runtime gathers its state is in it, or not", async () => {
  const { open, opened } = gate();
  let gathering = false;
  let calls = 0;
  await using lab = await startLab({
    synchronize: async (sync) => {
      const containers = [ctr("a"), ctr("b")];
      if (++calls === 2) {
        gathering = true;
        await opened;
      }
      await sync([], containers);
    },
  });
  const plugin = await connectRawPlugin(lab.socket, { events: 0 });
  await eventually(() => gathering, "the runtime gathers");
  await lab.adaptation.createContainer(ask("c"));
  await lab.adaptation.removeContainer(ask("a"));
  await lab.adaptation.createContainer(ask("d"));
  await lab.adaptation.removeContainer(ask("d"));
  open();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(handed(plugin), ["b", "c"]);
  assert.deepEqual(plugin.methods, ["Configure", "Synchronize"]);
  plugin.close();
});

test("when more comes and goes while the runtime gathers its state than can be kept, the plugin does not join", async () => {
  for (const creations of [3, 4]) {
    const { open, opened } = gate();
    let calls = 0;
    const warnings: string[] = [];
    await using lab = await startLab({
      limits: { maxQueuedEvents: 3 },
      observer: { warning: ({ text }) => void warnings.push(text) },
      synchronize: async (sync) => {
        if (++calls === 2) {
          await opened;
        }
        // A runtime that looks away: the plugin must not get in all the same.
        await sync([], []).catch(() => undefined);
      },
    });
    const plugin = await connectRawPlugin(lab.socket, { events: 0 });
    await eventually(() => calls === 2, "the runtime gathers");
    for (let i = 0; i < creations; i++) {
      await lab.adaptation.createContainer(ask(`c${i}`));
    }
    open();
    if (creations === 3) {
      await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
      assert.deepEqual(handed(plugin), ["c0", "c1", "c2"]);
      assert.deepEqual(warnings, []);
    } else {
      await eventually(() => warnings.length > 1, "a warning");
      assert.match(warnings.at(-1) ?? "", /"10-raw": more than 3 pods and containers came or went .*maxQueuedEvents/);
      assert.deepEqual([plugin.methods, lab.adaptation.plugins], [["Configure"], []]);
    }
    plugin.close();
  }
});

for (const method of ["Configure", "Synchronize"]) {
  test(`fifty plugins that hang in ${method} do not keep a good one from joining, nor the runtime from a block`, async () => {
    await using lab = await startLab({ requestTimeoutMs: 4000 });
    const hanging = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        connectRawPlugin(lab.socket, { index: "10", name: `hang${i}`, methods: { [method]: silent } }),
      ),
    );
    await eventually(() => hanging.every(({ methods }) => methods.includes(method)), "all hang");
    const before = performance.now();
    const good = await lab.connect({ index: "20", name: "good", on: { startContainer: () => undefined } });
    (await lab.adaptation.blockPluginSync()).unblock();
    await lab.adaptation.startContainer(ask("a"));
    const took = performance.now() - before;
    assert.ok(took < 1000, `${took} ms`);
    assert.deepEqual(started(good), ["a"]);
    for (const plugin of hanging) {
      plugin.close();
    }
  });
}

test("a plugin that comes while a creation waits for another is asked about it as well", async () => {
  await using lab = await startLab();
  const { plugin: slow, open } = await joiner(lab, { name: "slow", events: 0 });
  const create = lab.adaptation.createContainer(ask("a"));
  const good = await lab.connect({ index: "20", name: "good", events: 0 });
  open();
  await create;
  assert.deepEqual([created(slow), created(good)], [["a"], ["a"]]);
  assert.deepEqual([handed(slow), handed(good)], [[], []]);
  slow.close();
});

test("a caller that gives up while its request waits for a plugin is told, and the plugin joins", async () => {
  await using lab = await startLab();
  const { plugin, open } = await joiner(lab, { events: 0 });
  await assert.rejects(lab.adaptation.createContainer(ask("a"), { timeoutMs: 50 }), { code: "deadline-exceeded" });
  const controller = new AbortController();
  const given = assert.rejects(lab.adaptation.createContainer(ask("b"), { signal: controller.signal }), {
    code: "canceled",
  });
  controller.abort();
  await given;
  open();
  await lab.adaptation.createContainer(ask("c"));
  assert.deepEqual(created(plugin), ["c"]);
  plugin.close();
});

test("a runtime that hands over its state twice is told so, and the plugin is closed", async () => {
  let calls = 0;
  let error: unknown;
  await using lab = await startLab({
    synchronize: async (sync) => {
      await sync([], []);
      if (++calls > 1) {
        error = await sync([], []).catch((why: unknown) => why);
      }
    },
  });
  const plugin = await lab.connect();
  await eventually(() => error !== undefined, "the second call failed");
  assert.equal((error as Error).message, 'plugin "10-raw": the runtime synchronized it twice');
  assert.equal(plugin.methods.filter((method) => method === "Synchronize").length, 1);
});

test("the state is that of the moment, whatever the runtime does with its lists later", async () => {
  const containers = [ctr("a")];
  const { open, opened } = gate();
  await using lab = await startLab({ containers });
  const other = await lab.connect({ index: "20", on: { createContainer: async () => void (await opened) } });
  const create = lab.adaptation.createContainer(ask("b"));
  await eventually(() => other.methods.includes("CreateContainer"), "the creation is under way");
  const plugin = await connectRawPlugin(lab.socket, { events: 0 });
  await eventually(() => lab.states.filter(({ state }) => state === "configured").length === 2, "it waits");
  await delay(20);
  containers.splice(0, 1);
  open();
  await create;
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  assert.deepEqual(handed(plugin), ["a", "b"]);
  plugin.close();
});

test("plugins that come and go during a thousand creations see each container in their state or in an event, once", async () => {
  const containers: Init<Container>[] = [];
  await using lab = await startLab({ synchronize: async (sync) => void (await sync([pod], containers)) });
  const steady = await lab.connect({ index: "00", name: "steady", events: 0 });
  let creating = true;
  const creations = (async () => {
    for (let i = 0; i < 1000; i++) {
      const request = ask(`c${i}`);
      if (i % 3 === 0) containers.push(request.container); // some runtimes note it before, others afterwards
      await lab.adaptation.createContainer(request);
      if (i % 3 !== 0) containers.push(request.container);
      if (i % 5 === 0) await lab.adaptation.startContainer(request);
    }
    creating = false;
  })();
  const rounds: { readonly plugin: RawPlugin; readonly last: number }[] = [];
  for (let round = 0; creating; round++) {
    const before = lab.adaptation.plugins.length;
    const plugin = await connectRawPlugin(lab.socket, {
      index: "50",
      name: `r${round}`,
      events: EVENTS.createContainer.mask,
    });
    await lab.adaptation.waitForPlugins(before + 1, { timeoutMs: 5000 });
    await delay(5);
    rounds.push({ plugin, last: containers.length });
    plugin.close();
    await eventually(() => lab.adaptation.plugins.length === before, "it is gone");
  }
  await creations;
  assert.equal(created(steady).length, 1000);
  assert.ok(rounds.length > 3, `${rounds.length} plugins came and went`);
  for (const { plugin } of rounds) {
    const seen = [...handed(plugin), ...created(plugin)];
    assert.deepEqual(
      seen,
      seen.map((_, i) => `c${i}`),
    );
  }
});

test("every event without an answer is queued, and none is asked twice", async () => {
  await using lab = await startLab();
  const { plugin, open } = await joiner(lab, { events: 0 });
  const quiet = EVENT_NAMES.filter((name) => EVENTS[name].answer === "nothing");
  for (const name of quiet) {
    if (name !== "validateContainerAdjustment") await lab.adaptation[name](ask("a"));
  }
  open();
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 5000 });
  assert.deepEqual(
    plugin.methods.slice(2),
    quiet.map((name) => EVENTS[name].name),
  );
  plugin.close();
});

// A node without an engine, with plugins in this process and as programs: what tests of plugins rely on.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { adjustment, annotation, definePlugin, update } from "@nri/plugin";
import { pod } from "../index.js";
import { assertAdjustment, assertRefused, assertUnchanged, assertUpdates } from "./assert.js";
import { fakeNode } from "./fake-node.js";

const GREETER = new URL("../../fixtures/20-greeter.mjs", import.meta.url);
/** Programs may take their time on a busy machine. */
const PATIENT = { registrationTimeoutMs: 20_000, requestTimeoutMs: 10_000 };

/** Pins containers to the CPUs of an annotation. */
const pinner = definePlugin({
  index: "20",
  name: "pinner",
  createContainer({ pod: { annotations }, container, pod: of }) {
    const cpus = annotation(of, "pin", container.name);
    if (cpus === "bad") throw new Error(`"${annotations.pin}" is no CPU list`);
    return cpus === undefined ? undefined : { adjust: adjustment().cpus(cpus).env("PINNED_TO", cpus) };
  },
});

/** A plugin that sets one variable of every container. */
const sets = (key: string, value: string) =>
  definePlugin({
    name: `sets-${key.toLowerCase()}`,
    createContainer: () => ({ adjust: adjustment().env(key, value) }),
  });

const seenEvents = (events: string[]) => {
  const note = (event: string) => (call: { container?: { name: string } }) =>
    void events.push(call.container === undefined ? event : `${event} ${call.container.name}`);
  const names = ["runPodSandbox", "createContainer", "postCreateContainer", "startContainer", "postStartContainer"];
  const later = ["updatePodSandbox", "postUpdatePodSandbox", "updateContainer", "postUpdateContainer"];
  const last = ["stopContainer", "removeContainer", "stopPodSandbox", "removePodSandbox"];
  const handlers = [...names, ...later, ...last].map((event) => [event, note(event)]);
  return definePlugin({ index: "99", name: "watcher", ...Object.fromEntries(handlers) });
};

describe("a whole life", { concurrency: 4 }, () => {
  test("results are there for each container: adjustment, spec before and after, who changed what", async () => {
    await using node = await fakeNode({ plugins: [pinner, sets("COLOR", "red")] });
    const web = await node.play(pod("web").annotation("pin/container.app", "0-1").container("app").container("side"));
    const app = web.container("app");
    assertAdjustment(app, adjustment().cpus("0-1").env("PINNED_TO", "0-1").env("COLOR", "red"));
    assertAdjustment(app.by("pinner"), adjustment().cpus("0-1").env("PINNED_TO", "0-1"));
    assertAdjustment(app.by("10-sets-color"), { env: [{ key: "COLOR", value: "red" }] });
    assertAdjustment(web.container("side"), adjustment().env("COLOR", "red"));
    assertUnchanged(web.container("side").by("20-pinner"));
    assert.equal(app.specBefore.linux?.resources?.cpu?.cpus, undefined);
    assert.equal(app.createdSpec?.linux?.resources?.cpu?.cpus, "0-1");
    assert.ok(app.spec?.process?.env?.includes("PINNED_TO=0-1"));
    assert.deepEqual(
      app.changes.map(({ plugin, text }) => [plugin, text]),
      [
        ["10-sets-color", "+ env COLOR=red"],
        ["20-pinner", "+ env PINNED_TO=0-1"],
        ["20-pinner", "+ cpu cpus 0-1"],
      ],
    );
    assert.deepEqual([web.phase, app.phase, app.problems, web.problems], ["removed", "removed", [], []]);
  });

  test("a plugin's error refuses the container, and nothing else", async () => {
    await using node = await fakeNode({ plugins: [pinner] });
    const web = await node.play(pod("web").annotation("pin", "bad").container("app"));
    assertRefused(web.container(), /"bad" is no CPU list/);
    const { phase, spec, adjustment: made, problems } = web.container("app");
    assert.deepEqual([phase, spec, made], ["refused", undefined, undefined]);
    assert.deepEqual(
      problems.map(({ plugin, event }) => [plugin, event]),
      [["20-pinner", "createContainer"]],
    );
    assertUnchanged((await node.play(pod("other"))).container());
  });

  test("two plugins that set the same thing are a conflict, told with both names", async () => {
    await using node = await fakeNode({ plugins: [sets("A", "1"), { plugin: sets("A", "2"), name: "other" }] });
    const app = (await node.play(pod("web"))).container();
    assertRefused(app, 'plugins "11-other" and "10-sets-a" both tried to set Env A');
    assert.deepEqual(
      app.problems.map(({ plugin, error }) => [plugin, "code" in error && error.code]),
      [["11-other", "conflict"]],
    );
  });

  test("a plugin that does not answer is dropped after its time, and the request goes on", async () => {
    const slow = definePlugin({
      name: "slow",
      createContainer: ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(undefined));
        }),
    });
    await using node = await fakeNode({ plugins: [slow, pinner], requestTimeoutMs: 60 });
    const web = await node.play(pod("web").annotation("pin", "3"));
    assertAdjustment(web.container(), adjustment().cpus("3").env("PINNED_TO", "3"));
    assert.match(web.container().problems[0]?.error.message ?? "", /"10-slow": CreateContainer not answered in 60 ms/);
    assert.equal(node.plugin("slow").state, "closed");
    assert.match(node.plugin("slow").failure ?? "", /not answered in 60 ms/);
    assert.equal(node.plugin("pinner").failure, undefined);
  });

  test("policies, validators and compatibility are those of the runtime side", async () => {
    const sysctl = definePlugin({
      name: "sysctl",
      createContainer: () => ({ adjust: adjustment().sysctl("a.b", "1") }),
    });
    await using node = await fakeNode({ plugins: [sysctl], validator: { rejectSysctlAdjustment: true } });
    const app = (await node.play(pod("web"))).container();
    assertRefused(app, /sysctl/);
    assert.match(
      app.summary(),
      /^ {2}00-default-validator {2}x ValidateContainerAdjustment: .*restricted sysctl adjustment by .*10-sysctl$/m,
    );

    const says = definePlugin({ index: "10", name: "picky", validateContainerAdjustment: () => "not today" });
    await using picky = await fakeNode({ plugins: [says] });
    assertRefused((await picky.play(pod("web"))).container(), "not today");

    const swap = definePlugin({
      name: "swap",
      createContainer: () => ({ adjust: adjustment().memory({ swap: 4096n }) }),
    });
    await using reference = await fakeNode({ plugins: [swap], compat: "reference" });
    const created = (await reference.play(pod("web"))).container();
    assertAdjustment(created, adjustment().memory({ swap: 4096n }));
    assert.equal(created.spec?.linux?.resources?.memory?.swap, undefined);
  });

  test("several pods of a manifest are played one after the other; a manifest's file is given by its URL", async () => {
    const manifest = `kind: Pod
metadata: {name: one}
spec: {containers: [{name: a, image: i}]}
---
kind: Pod
metadata: {name: two}
spec: {containers: [{name: a, image: i}]}
`;
    await using node = await fakeNode({ plugins: [sets("A", "1")] });
    const pods = await node.playAll(manifest);
    assert.deepEqual(
      pods.map(({ label }) => label),
      ["default/one", "default/two"],
    );
    for (const each of pods) assertAdjustment(each.container(), adjustment().env("A", "1"));
    await assert.rejects(node.play(manifest), { code: "invalid-input", message: /2 pods \(playAll takes several\)/ });
    const sample = new URL("../../../../plugins/template/pod.yaml", import.meta.url);
    assert.ok((await node.playAll(sample)).length > 0);
    await assert.rejects(node.play("./pod.yaml"), { code: "invalid-input", message: /is no manifest: give the text/ });
  });
});

describe("a life that the test drives", { concurrency: 4 }, () => {
  test("each step asks the plugins, in the test's order", async () => {
    const events: string[] = [];
    await using node = await fakeNode({ plugins: [seenEvents(events)] });
    const web = await node.runPod(pod("web").container("a").container("b"));
    const [a, b] = [web.container("a"), web.container("b")];
    assert.equal(a.phase, "planned");
    await b.create();
    await a.start();
    await b.start();
    await a.update({ memory: "64Mi" });
    assert.equal(a.spec?.linux?.resources?.memory?.limit, 64n << 20n);
    await b.stop({ exitCode: 1 });
    await b.remove();
    assert.deepEqual([web.phase, a.phase, b.phase], ["running", "running", "removed"]);
    await web.remove();
    assert.deepEqual(events, [
      "runPodSandbox",
      "createContainer b",
      "postCreateContainer b",
      "createContainer a",
      "postCreateContainer a",
      "startContainer a",
      "postStartContainer a",
      "startContainer b",
      "postStartContainer b",
      "updateContainer a",
      "postUpdateContainer a",
      "stopContainer b",
      "removeContainer b",
      "stopContainer a",
      "stopPodSandbox",
      "removeContainer a",
      "removePodSandbox",
    ]);
    assert.deepEqual(node.plugin("watcher").events.length, 13);
  });

  test("a step that cannot be is the test's mistake, and says why", async () => {
    await using node = await fakeNode({ plugins: [pinner] });
    const web = await node.runPod(pod("web").annotation("pin/container.bad", "bad").container("app").container("bad"));
    const wrong = (text: string) => ({ code: "wrong-state", message: text });
    await assert.rejects(
      web.container("app").stop(),
      wrong("container default/web/app cannot be stopped: it is planned"),
    );
    await web.container("bad").create();
    const refused = web.container("bad").refused ?? "";
    const message = `container default/web/bad cannot be started: it is refused (${refused})`;
    await assert.rejects(web.container("bad").start(), wrong(message));
    await assert.rejects(node.runPod(pod("web")), wrong("pod default/web is there already: it is running"));
    assert.throws(() => web.container(), { message: "pod default/web: which container; there are app, bad" });
    assert.throws(() => node.plugin("x"), { message: 'no plugin "x" on this node; there are 20-pinner' });
    await web.remove();
    await assert.rejects(
      web.container("app").create(),
      wrong("container default/web/app cannot be created: its pod does not run"),
    );
    // Once it is gone, another one of its name may come; the first one's calls stay its own.
    const again = await node.play(pod("web"));
    assert.deepEqual([web.steps.length, again.steps.length], [1, 1]);
  });

  test("the rest of a life follows what was played of it", async () => {
    const events: string[] = [];
    await using node = await fakeNode({ plugins: [seenEvents(events)] });
    const web = await node.play(pod("web"), { until: "postStartContainer" });
    events.length = 0;
    await web.update({ cpu: "500m" });
    await web.stop();
    assert.deepEqual(events, [
      "updatePodSandbox",
      "postUpdatePodSandbox",
      "updateContainer main",
      "postUpdateContainer main",
      "stopContainer main",
      "stopPodSandbox",
    ]);
    assert.equal(web.container().spec?.linux?.resources?.cpu?.shares, 512n);
  });

  test("a plugin that comes later is told what exists, and may update it", async () => {
    const seen: string[] = [];
    const late = definePlugin({
      name: "late",
      synchronize({ pods, containers }) {
        seen.push(...pods.map(({ name }) => name), ...containers.map(({ name }) => name));
        return { updates: containers.map(({ id }) => update(id).cpus("7")) };
      },
      createContainer: () => undefined,
    });
    await using node = await fakeNode();
    const web = await node.play(pod("web").container("app"), { until: "postStartContainer" });
    const plugin = await node.add(late);
    assert.deepEqual([plugin.name, plugin.state, seen], ["10-late", "active", ["web", "app"]]);
    assert.equal(web.container().spec?.linux?.resources?.cpu?.cpus, "7");
    await plugin.session?.close();
    assert.deepEqual([plugin.state, plugin.failure], ["closed", 'plugin "10-late": connection closed']);
  });

  test("updates and evictions that plugins answer or ask for are done", async () => {
    let toEvict = "";
    const boss = definePlugin({
      name: "boss",
      createContainer({ container }) {
        if (container.name === "victim") toEvict = container.id;
      },
      postStartContainer({ container, updateContainers }) {
        if (container.name !== "asker") return;
        void updateContainers([update(container.id).cpus("1")], {
          evict: [{ containerId: toEvict, reason: "no room" }],
        });
      },
      updateContainer: () => ({ evict: [{ containerId: toEvict, reason: "no room" }] }),
      stopContainer: ({ container }) => ({ updates: [update(container.id).cpus("2")] }),
    });
    await using node = await fakeNode({ plugins: [boss] });
    const one = await node.play(pod("one").container("victim").container("other"), { until: "postStartContainer" });
    await one.container("other").update({ memory: "1Gi" });
    const [victim, other] = [one.container("victim"), one.container("other")];
    assert.deepEqual([victim.phase, victim.evicted, other.phase], ["stopped", "no room", "running"]);
    assert.deepEqual(
      other.evictions.map(({ reason }) => reason),
      ["no room"],
    );
    assertUpdates(victim, [update(victim.id).cpus("2")]);

    const two = await node.play(pod("two").container("victim").container("asker"), { until: "postStartContainer" });
    const asked = await node.nextUpdate();
    assert.deepEqual([asked.plugin, asked.updates.length, asked.failed], ["10-boss", 1, []]);
    assert.deepEqual([two.container("victim").phase, two.container("victim").evicted], ["stopped", "no room"]);
    assert.equal(two.container("asker").spec?.linux?.resources?.cpu?.cpus, "1");
    await assert.rejects(node.nextUpdate({ timeoutMs: 20 }), { code: "timeout" });
    assert.equal(node.unsolicited.length, 1);
  });

  test("the test can ask for updates in the plugin's place", async () => {
    await using node = await fakeNode({ plugins: [pinner] });
    const app = (await node.play(pod("web"), { until: "postStartContainer" })).container();
    const failed = await node
      .plugin("pinner")
      .session?.updateContainers([update(app.id).cpus("3"), update("x").cpus("1")]);
    assert.deepEqual([failed, app.spec?.linux?.resources?.cpu?.cpus], [[], "3"]);
  });
});

describe("plugins of a fake node", { concurrency: 4 }, () => {
  test("a program is launched as by a runtime, with its configuration, and what it prints is kept", async () => {
    await using node = await fakeNode({ plugins: [{ program: GREETER, config: "good day" }], ...PATIENT });
    const web = await node.play(pod("web").container("app").container("crash"));
    assertAdjustment(web.container("app"), adjustment().env("GREETING", "good day app"));
    assert.ok(node.plugin("greeter").log.some((line) => line.includes("greeting app")));
    assert.equal(node.plugin("20-greeter").session, undefined);
    assertUnchanged(web.container("crash"));
    await node.close();
    assert.match(node.plugin("greeter").failure ?? "", /"20-greeter".*\(exited with code 3\)$/);
  });

  test("a plugin that does not join fails the start with its reason", async () => {
    await assert.rejects(fakeNode({ plugins: [pinner, { program: GREETER, config: "unwanted" }], ...PATIENT }), {
      code: "plugin-failed",
      message: /"20-greeter"[\s\S]*this greeting is not wanted/,
    });
    const picky = definePlugin({
      name: "picky",
      configure: ({ config }) => {
        throw new Error(`"${config}" is unknown`);
      },
      createContainer: () => undefined,
    });
    await assert.rejects(fakeNode({ plugins: [{ plugin: picky, config: "mode: x" }] }), {
      code: "plugin-failed",
      message: /"10-picky": .*"mode: x" is unknown/,
    });
    await assert.rejects(fakeNode({ plugins: [{ program: "/nonexistent/10-x" }] }), {
      code: "plugin-failed",
      message: /"10-x": cannot start \/nonexistent\/10-x: no such file/,
    });
  });

  test("one that is refused later leaves the others alone", async () => {
    await using node = await fakeNode({ plugins: [pinner] });
    const unsure = definePlugin({
      name: "unsure",
      synchronize: () => {
        throw new Error("not like this");
      },
      createContainer: () => undefined,
    });
    await assert.rejects(node.add(unsure), { code: "plugin-failed", message: /"10-unsure": .*not like this/ });
    await assert.rejects(node.add(pinner), { code: "plugin-failed" });
    const web = await node.play(pod("web").annotation("pin", "0"));
    assertAdjustment(web.container(), adjustment().cpus("0").env("PINNED_TO", "0"));
  });

  test("wrong options are named", async () => {
    const refuses = (options: object, message: RegExp) =>
      assert.rejects(fakeNode(options), (error: Error & { code?: string }) => {
        assert.equal(error.code, "invalid-option");
        assert.match(error.message, message);
        return true;
      });
    await refuses({ plugin: pinner }, /^fakeNode: unknown option plugin; known are plugins, /);
    await refuses(
      { plugins: [{ createContainer: () => undefined }] },
      /^fakeNode: plugins\[0\] is no plugin: give what definePlugin/,
    );
    await refuses({ plugins: [{ program: "/x/plugin.ts" }] }, /only programs can be started; build it/);
    await refuses({ plugins: [{ plugin: pinner, index: "7" }] }, /plugin "7-pinner": .*index/);
    await refuses({ plugins: [pinner, pinner] }, /two plugins are called 20-pinner/);
    await refuses({ requestTimeoutMs: -1 }, /requestTimeoutMs: -1/);
  });

  test("at the end of the scope nothing is left: the process ends by itself, and the program with it", () => {
    const program = fileURLToPath(new URL("../../fixtures/closes.mjs", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8", timeout: 60_000 });
    assert.deepEqual([status, stderr], [0, ""]);
    const { resources, pid } = JSON.parse(stdout) as { resources: string[]; pid: number };
    assert.deepEqual(resources, []);
    assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  });
});

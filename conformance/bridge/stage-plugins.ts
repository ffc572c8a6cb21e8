// Plugins, ours and one in Go, at once behind the bridge on a real engine: they see and do the right things, what the bridge
// has no part in works as without it, and what goes wrong is said where the user of the engine looks.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { adjustment, definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import type { Container } from "@nri/protocol";
import type { GoPeers } from "../peers/go-peers.js";
import { RefPlugin } from "../peers/refplugin.js";
import { ourPlugin } from "../sample-plugins/go-lines.js";
import { UNDISTURBED_LIFE } from "../undisturbed-life.js";
import { until } from "../waits.js";
import type { Stage } from "./stages.js";

const EFFECT_MS = 5_000;

const ANNOTATIONS = {
  "devices.noderesource.dev/pod": JSON.stringify([
    { path: "/dev/nri-sample", type: "c", major: 31, minor: 41, file_mode: 0o640, uid: 11, gid: 22 },
  ]),
  // a container of ctr has its id for a name
  ...Object.fromEntries(
    ["main", "default-sample-main"].map((name) => [
      `ulimits.noderesource.dev/container.${name}`,
      JSON.stringify([{ type: "nofile", soft: 321, hard: 432 }]),
    ]),
  ),
};
const GO_SCRIPT = { create: { "*": { adjust: { env: [{ key: "FROM_GO", value: "yes" }] } } } };
/** Prints at its start, and every second; leaves with 7. */
const TALKS = ["sh", "-c", "echo started; trap 'exit 7' TERM; while :; do sleep 1 & wait $!; echo tick; done"];

/** Tries it, as subtests of `t`. */
export async function checkPluginsOn(t: TestContext, stage: Stage, go: GoPeers): Promise<void> {
  const { nriSocket, bridge, user } = stage;
  await using logger = ourPlugin("logger", "-idx", "00", "-socket-path", nriSocket);
  await using injector = ourPlugin("device-injector", "-idx", "10", "-socket-path", nriSocket);
  await using adjuster = ourPlugin("ulimit-adjuster", "-idx", "20", "-socket", nriSocket);
  await using fromGo = new RefPlugin({
    binary: go.refplugin,
    socket: nriSocket,
    index: "30",
    name: "go",
    dir: bridge.dir,
    script: GO_SCRIPT,
  });
  for (const name of ["00-logger", "10-device-injector", "20-ulimit-adjuster", "30-go"])
    await until(`${name} in the daemon's log`, () => bridge.log().includes(name));
  await fromGo.waitFor("Synchronize");

  const pod = await stage.runPod({ name: "sample", annotations: ANNOTATIONS });
  const main = await pod.container({ name: "main", command: TALKS });

  await t.test("device, limits and variable are those that the plugins asked for", async () => {
    assert.equal(
      (await main.sh("stat -c '%F %t:%T %a %u:%g' /dev/nri-sample")).trim(),
      "character special file 1f:29 640 11:22",
    );
    assert.match(await main.sh("cat /proc/1/limits"), /^Max open files\s+321\s+432\s/m);
    assert.match(await main.sh("tr '\\0' '\\n' < /proc/1/environ"), /^FROM_GO=yes$/m);
  });

  await fromGo.waitFor("PostStartContainer");
  const before = fromGo.calls().length;
  await t.test("exec gives output and exit code", async () => {
    assert.equal((await main.sh("echo to a file; cat /proc/1/comm")).trim(), "to a file\nsh");
    await assert.rejects(main.sh("exit 9"), /9/);
  });

  await t.test("pause, resume and the list of processes", async () => {
    await user.pause(main.id);
    assert.equal(await user.state(main.id), "paused");
    await user.resume(main.id);
    assert.equal(await user.state(main.id), "running");
    assert.ok((await user.processes(main.id)).includes(main.pid));
  });

  await t.test("what the container prints", async () => {
    await user.printed(main.id, "tick");
  });
  await t.test("plugins are told of none of that", () => {
    assert.equal(fromGo.calls().length, before);
  });

  await main.stop();
  await main.remove();
  // podman may see the end of the pod before that of a container's folder
  await fromGo.waitFor("RemoveContainer");
  await pod.end();
  await t.test("the Go plugin and logger saw the whole life, each event once", async () => {
    await until("RemovePodSandbox", () => fromGo.callsTo("RemovePodSandbox").length > 0, EFFECT_MS);
    const calls = fromGo.calls().map(({ method }) => method);
    assert.deepEqual(
      calls.filter((method) => UNDISTURBED_LIFE.includes(method)),
      UNDISTURBED_LIFE,
    );
    // what it prints is on its way
    for (const event of UNDISTURBED_LIFE)
      await until(`${event} of the logger`, () => logger.stderr.some((line) => line.includes(`${event}:`)));
    for (const child of [logger, injector, adjuster]) assert.ok(child.running, child.stderr.join("\n"));
  });

  await badInput(stage, t);
}

/** A plugin of ours that asks for what cannot be. */
async function plugin(stage: Stage, index: string, definition: PluginDefinition): Promise<PluginSession> {
  return await definePlugin(definition).start({
    socketPath: stage.nriSocket,
    index,
    name: "bad",
    environment: {},
    log: silentLogger,
  });
}

async function badInput(stage: Stage, t: TestContext): Promise<void> {
  const refused = {
    "a mount whose source is missing": {
      adjust: adjustment().mount({ destination: "/x", type: "bind", source: "/no/such/source", options: ["bind"] }),
      reason: /no\/such\/source/,
    },
    "a namespace that cannot be joined": {
      adjust: adjustment().namespace("ipc", "/no/such/namespace"),
      reason: /no\/such\/namespace|no such file/,
    },
    "a CDI device that there is not": {
      adjust: adjustment().cdiDevice("fact.test/device=missing"),
      reason: /unresolvable CDI devices fact\.test\/device=missing/,
    },
    "a block I/O class that there is not": { adjust: adjustment().blockioClass("missing"), reason: /missing/ },
  };
  for (const [index, [what, { adjust, reason }]] of Object.entries(refused).entries()) {
    await t.test(`${what}: the engine's error has the reason, the log names the plugin`, async () => {
      await using _session = await plugin(stage, "55", { createContainer: () => ({ adjust }) });
      await using pod = await stage.runPod({ name: `refused${index}`, namespace: "refused" });
      const before = stage.bridge.log().length;
      await assert.rejects(pod.container({ name: "main", command: TALKS }), reason);
      const line = (): string | undefined =>
        stage.bridge
          .log()
          .slice(before)
          .split("\n")
          .find((one) => /adjusted by .*55-bad \(/.test(one));
      await until("a line of the log about what 55-bad adjusted", line, EFFECT_MS);
    });
  }

  await t.test("hostile annotations arrive as they are, and hurt nobody", async () => {
    const hostile = {
      __proto__x: "1",
      "constructor.prototype": "polluted",
      "fact.control": "\u0001\u001b[31m\t\r.\n\u007f",
      "fact.unicode": "\u2028\u202e\ud83d\ude80",
      "fact.json": '{"a":[1,2',
      "fact.long": "x".repeat(stage.maxAnnotation),
    };
    Object.defineProperty(hostile, "__proto__", { value: "own", enumerable: true });
    const seen: Container[] = [];
    await using _session = await plugin(stage, "56", {
      createContainer: ({ container }) => {
        seen.push(container);
        return { adjust: adjustment().annotation("fact.test/adjusted", "yes") };
      },
    });
    await using pod = await stage.runPod({ name: "hostile", namespace: "hostile" });
    const container = await pod.container({ name: "main", command: TALKS, annotations: hostile });
    const [one] = seen;
    assert.ok(one !== undefined);
    const written = JSON.parse(readFileSync(join(container.bundle, "config.json"), "utf8")) as {
      annotations: Readonly<Record<string, string>>;
    };
    for (const [key, value] of Object.entries(hostile)) {
      for (const annotations of stage.annotationsIn === "spec"
        ? [one.annotations, written.annotations]
        : [one.annotations])
        assert.equal(Object.getOwnPropertyDescriptor(annotations, key)?.value, value, key);
    }
    assert.equal(({} as { own?: string }).own, undefined);
    assert.equal(written.annotations["fact.test/adjusted"], "yes");
  });

  await t.test("no descriptor of the bridge is open in a container", async () => {
    await using pod = await stage.runPod({ name: "open", namespace: "open" });
    const container = await pod.container({ name: "main", command: TALKS });
    // its standard streams, and what the shell that looks opens itself
    const open = (await container.sh("ls /proc/1/fd")).trim().split(/\s+/).map(Number);
    assert.deepEqual(
      open.filter((fd) => fd > 2 && fd !== 10),
      [],
    );
  });
}

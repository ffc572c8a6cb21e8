// Options of the runtime's stand-in that change what happens: the default validator, plugins that it starts, time-outs.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Language } from "../go-both-ways/sides.js";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { PluginProgram, pluginCommand, RuntimeProgram } from "./programs.js";

const go = await goPeers();
const skip = skipUnless(go);

const seccomp = { defaultAction: "SCMP_ACT_ALLOW" };
const SCRIPT = {
  create: {
    hooks: { adjust: { hooks: { prestart: [{ path: "/bin/true" }] } } },
    seccomp: { adjust: { linux: { seccompPolicy: seccomp } } },
    namespace: { adjust: { linux: { namespaces: [{ type: "pid" }] } } },
    sysctl: { adjust: { linux: { sysctl: { "net.core.somaxconn": "1" } } } },
    plain: { adjust: { env: [{ key: "A", value: "1" }] } },
  },
};
const PROFILES = ["", "RUNTIME_DEFAULT", "UNCONFINED", "LOCALHOST"];
const VALIDATORS: readonly JsonObject[] = [
  { Enable: false, RejectOCIHookAdjustment: true },
  {
    Enable: true,
    RejectOCIHookAdjustment: true,
    RejectRuntimeDefaultSeccompAdjustment: true,
    RejectNamespaceAdjustment: true,
    RejectSysctlAdjustment: true,
  },
  { Enable: true, RejectUnconfinedSeccompAdjustment: true },
  { Enable: true, RejectCustomSeccompAdjustment: true },
  { Enable: true, RequiredPlugins: ["answers", "missing"], TolerateMissingAnnotation: "tolerate.example" },
];

const requests: JsonObject[] = Object.keys(SCRIPT.create).flatMap((name) =>
  PROFILES.map((profileType) => {
    const linux = profileType === "" ? {} : { linux: { seccompProfile: { profileType } } };
    return { pod: { id: "p", name: "p" }, container: { id: `id-${name}`, name, ...linux } };
  }),
);
requests.push({
  pod: { id: "p", name: "p", annotations: { "tolerate.example": "true" } },
  container: { id: "id-plain", name: "plain" },
});

async function answers(runtimeSide: Language, validator: JsonObject, peers: GoPeers): Promise<JsonObject[]> {
  using folder = new TestFolder();
  const script = folder.file("script.json", SCRIPT as JsonValue);
  const given = ["-socket", folder.socket, "-validator", JSON.stringify(validator)];
  await using runtime = await RuntimeProgram.start(runtimeSide, peers, given);
  const before = runtime.lines().find(({ event }) => event === "Ready") as { plugins: number };
  await using _plugin = new PluginProgram("go", peers, folder, "10-answers", ["-mode", "scripted", "-script", script]);
  const lines: JsonObject[] = [before];
  lines.push(await runtime.step(JSON.stringify({ op: "WaitPlugins", n: before.plugins + 1 })));
  for (const req of requests) lines.push(await runtime.step(JSON.stringify({ op: "CreateContainer", req })));
  return lines;
}

for (const validator of VALIDATORS) {
  test(`the default validator judges as the reference's: ${JSON.stringify(validator)}`, { skip }, async () => {
    const peers = use(go);
    const [theirs, ours] = [await answers("go", validator, peers), await answers("ts", validator, peers)];
    assert.deepEqual(ours, theirs);
    const refused = theirs.filter(({ ok }) => ok === false).length;
    assert.ok(
      validator.Enable === true ? refused > 0 && refused < theirs.length - 1 : refused === 0,
      `${refused} refused`,
    );
  });
}

test("plugins of a folder are started with their configuration, in every pair of languages", { skip }, async () => {
  const peers = use(go);
  const play = async (runtimeSide: Language, pluginSide: Language): Promise<JsonValue> => {
    using folder = new TestFolder();
    const script = folder.file("script.json", { create: { "*": { adjust: { args: ["x"] } } } });
    const [plugins, configs] = [join(folder.dir, "plugins"), join(folder.dir, "conf")];
    mkdirSync(plugins);
    mkdirSync(configs);
    const command = pluginCommand(pluginSide, peers)
      .map((word) => `'${word}'`)
      .join(" ");
    const options = `-mode scripted -script '${script}' -record '${folder.dir}/calls'`;
    folder.file("plugins/07-started", `#!/bin/sh\nexec ${command} ${options}\n`, 0o755);
    folder.file("conf/07-started.conf", "configuration of <this> plugin");
    const given = ["-plugin-path", plugins, "-conf-dir", configs, "-plugins", "1", "-name", "n", "-version", "v"];
    await using runtime = await RuntimeProgram.start(runtimeSide, peers, given);
    const created = { op: "CreateContainer", req: { pod: { id: "p" }, container: { id: "c" } } };
    await runtime.step(JSON.stringify(created));
    await runtime.end();
    const calls = readFileSync(`${folder.dir}/calls`, "utf8").trimEnd().split("\n");
    const recorded = calls.map((line) => ({ ...(JSON.parse(line) as JsonObject), pid: 0 }));
    // Whether a started plugin comes to note the end before it is ended, is open.
    return { lines: runtime.lines(), recorded: recorded.filter(({ method }: JsonObject) => method !== "Closed") };
  };
  const reference = await play("go", "go");
  assert.match(JSON.stringify(reference), /configuration of <this> plugin/);
  for (const [runtime, plugin] of [
    ["ts", "go"],
    ["go", "ts"],
    ["ts", "ts"],
  ] as const) {
    assert.deepEqual(await play(runtime, plugin), reference, `${plugin} plugin, ${runtime} runtime`);
  }
});

test("a plugin that misses its time-out is dropped, and the request goes on", { skip }, async () => {
  const peers = use(go);
  const play = async (runtimeSide: Language): Promise<JsonObject[]> => {
    using folder = new TestFolder();
    const script = folder.file("slow.json", { create: { slow: { delayMs: 3000 } } });
    const given = ["-socket", folder.socket, "-req-timeout", "500ms"];
    await using runtime = await RuntimeProgram.start(runtimeSide, peers, given);
    await using _plugin = new PluginProgram("go", peers, folder, "10-slow", ["-mode", "scripted", "-script", script]);
    const steps = ['{"op":"WaitPlugins","n":1}'];
    for (const name of ["quick", "slow", "quick"]) {
      steps.push(JSON.stringify({ op: "CreateContainer", req: { pod: { id: "p" }, container: { id: name, name } } }));
    }
    const lines: JsonObject[] = [];
    for (const step of [...steps, '{"op":"Plugins"}']) lines.push(await runtime.step(step));
    return lines;
  };
  const reference = await play("go");
  assert.deepEqual(reference.at(-1), { op: "Plugins", ok: true, res: { plugins: 0 } });
  assert.deepEqual(await play("ts"), reference);
});

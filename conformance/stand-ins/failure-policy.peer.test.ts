// The failure policy that plugins ask for, with the newest release of the reference: plugins in Go and of ours that hang or
// die, in the Go runtime and in ours. What came of each request, its error text and who was asked must be the same.
import assert from "node:assert/strict";
import test from "node:test";
import type { Language } from "../go-both-ways/sides.js";
import { type GoPeers, goPeers, newestGoPeers } from "../peers/go-peers.js";
import type { JsonValue } from "../peers/json.js";
import type { Script } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { PluginProgram, RuntimeProgram } from "./programs.js";

const go = await newestGoPeers();
const old = await goPeers();
const skip = skipUnless(go);

/** By plugin: what it asks for. */
const POLICIES = {
  "10-plain": {},
  "11-fail": { failRequest: true },
  "12-keep": { keepConnected: true },
  "13-both": { failRequest: true, keepConnected: true },
} as const;
const PLUGINS = Object.keys(POLICIES) as (keyof typeof POLICIES)[];
const JUDGES = { "20-judge": {}, "21-keptjudge": { failRequest: true, keepConnected: true } } as const;
const LAST = "90-last";
const TIMEOUT_MS = 1500;
const FAULTS = { hang: { delayMs: 60_000 }, die: { exit: 3 } } as const;

interface Side {
  readonly runtime: Language;
  readonly plugin: Language;
  readonly compat?: "default";
}

/** What was seen: of each container the answer, and of each plugin the containers that it was asked about. */
interface Seen {
  readonly answers: Readonly<Record<string, string>>;
  readonly asked: Readonly<Record<string, readonly string[]>>;
}

async function see(
  { runtime: language, plugin, compat }: Side,
  fault: keyof typeof FAULTS,
  programs: GoPeers,
): Promise<Seen> {
  using folder = new TestFolder();
  const args = ["-socket", folder.socket, "-req-timeout", `${TIMEOUT_MS}ms`];
  await using runtime = await RuntimeProgram.start(language, programs, args, compat);
  const all: PluginProgram[] = [];
  await using _all = {
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((one) => one[Symbol.asyncDispose]()));
    },
  };
  // One after the other: the time-out holds for Configure too, and programs that start together are slow to answer it.
  const start = async (identity: string, script: Script): Promise<void> => {
    const file = folder.file(`${identity}.json`, script as unknown as JsonValue);
    all.push(new PluginProgram(plugin, programs, folder, identity, ["-script", file, "-mode", "scripted"]));
    const there = await runtime.step(JSON.stringify({ op: "WaitPlugins", n: all.length }));
    assert.equal(there.ok, true, `${identity}: ${String(there.error)}`);
  };
  for (const name of PLUGINS) {
    await start(name, {
      configure: { events: ["StartContainer"], failurePolicy: POLICIES[name] },
      events: { StartContainer: { [name]: FAULTS[fault] } },
    });
  }
  for (const [name, failurePolicy] of Object.entries(JUDGES)) {
    await start(name, {
      configure: { events: ["ValidateContainerAdjustment"], failurePolicy },
      validate: { [name]: FAULTS[fault] },
    });
  }
  await start(LAST, { configure: { events: ["StartContainer"] } });
  const answers: Record<string, string> = {};
  const ask = async (op: string, name: string): Promise<void> => {
    const container = { id: `id-${name}`, podSandboxId: "p", name };
    const { ok, error } = await runtime.step(JSON.stringify({ op, req: { pod: { id: "p", name: "p" }, container } }));
    answers[name] = ok === true ? "ok" : String(error);
  };
  for (const name of PLUGINS) await ask("StartContainer", name);
  for (const name of Object.keys(JUDGES)) await ask("CreateContainer", name);
  await ask("StartContainer", "started afterwards");
  await ask("CreateContainer", "created afterwards");
  const asked = all.map((one): [string, string[]] => {
    const calls = one.calls().filter(({ method }) => /StartC|Validate/.test(String(method)));
    return [one.identity, calls.map(({ args }) => /"name":"(?!p")([^"]*)"/.exec(JSON.stringify(args))?.[1] ?? "")];
  });
  return { answers, asked: Object.fromEntries(asked) };
}

/** Our default names more than the cause: plugin, request, limit. */
function causesOnly({ answers, asked }: Seen): Seen {
  const texts = Object.entries(answers).map(([name, text]) => [
    name,
    text
      .replace(new RegExp(`plugin "[^"]*": \\w+ not answered in ${TIMEOUT_MS} ms`), "context deadline exceeded")
      .replace(/plugin "[^"]*": connection closed during .*/, "ttrpc: closed"),
  ]);
  return { answers: Object.fromEntries(texts), asked };
}

/** What the reference's runtime makes of it. */
const CAUSE = { hang: "context deadline exceeded", die: "ttrpc: closed" } as const;
function expected(fault: keyof typeof FAULTS): Seen {
  const failed = (name: string) => `plugin ${name} failed to handle StartContainer request: ${CAUSE[fault]}`;
  const refused = (name: string) => `validator plugin ${name} failed: ${CAUSE[fault]}`;
  const kept = fault === "hang";
  const later = "started afterwards";
  const [plain, fail, keep, both] = PLUGINS;
  return {
    answers: {
      "10-plain": "ok",
      "11-fail": failed("11-fail"),
      "12-keep": "ok",
      "13-both": failed("13-both"),
      "20-judge": refused("20-judge"),
      "21-keptjudge": refused("21-keptjudge"),
      [later]: "ok",
      "created afterwards": "ok",
    },
    asked: {
      "10-plain": ["10-plain"],
      "11-fail": ["10-plain", "11-fail"],
      "12-keep": kept ? ["10-plain", "12-keep", "13-both", later] : ["10-plain", "12-keep"],
      "13-both": kept ? ["10-plain", "12-keep", "13-both", later] : ["10-plain", "12-keep", "13-both"],
      "20-judge": ["20-judge"],
      "21-keptjudge": kept ? ["20-judge", "21-keptjudge", "created afterwards"] : ["20-judge", "21-keptjudge"],
      "90-last": [plain, keep, later].filter((name) => name !== fail && name !== both) as string[],
    },
  };
}

const SIDES: readonly Side[] = [
  { runtime: "go", plugin: "go" },
  { runtime: "go", plugin: "ts" },
  { runtime: "ts", plugin: "go" },
  { runtime: "ts", plugin: "ts" },
  { runtime: "ts", plugin: "go", compat: "default" },
];

for (const fault of ["hang", "die"] as const) {
  for (const side of SIDES) {
    const { runtime, plugin, compat } = side;
    const name = `plugins (${plugin}) that ${fault} in a runtime (${runtime}${compat ? `, ${compat}` : ""}) get what they asked for`;
    test(name, { skip }, async () => {
      const seen = await see(side, fault, use(go));
      assert.deepEqual(compat === undefined ? seen : causesOnly(seen), expected(fault));
    });
  }
}

test("a runtime on v0.12.2 takes a plugin that asks for something, and does not read it", {
  skip: skipUnless(old),
}, async () => {
  const { answers, asked } = await see({ runtime: "go", plugin: "ts" }, "hang", use(old));
  const fromPlugins = PLUGINS.map((name) => [answers[name], asked[name]?.at(-1)]);
  assert.deepEqual(
    fromPlugins,
    PLUGINS.map((name) => ["ok", name]),
  );
});

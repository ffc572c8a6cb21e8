// The same modules and steps in the Go runtime and in ours: what each answers, and what the log has of it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Compat } from "@nri/adaptation";
import { Scenario } from "@nri/testing/stand-ins";
import type { GoPeers } from "../peers/go-peers.js";
import type { JsonValue } from "../peers/json.js";
import { RefRuntime, type StepAnswer } from "../peers/refruntime.js";
import type { TestFolder } from "../test-folder.js";

/** One step of a scenario. */
export interface Step {
  readonly op: string;
  readonly req: JsonValue;
}

/** What is run. */
export interface Play {
  /** Modules by plugin name: bytes, or a path. */
  readonly modules: { readonly [plugin: string]: Uint8Array | string };
  /** Configurations by plugin name. */
  readonly configs?: { readonly [plugin: string]: string };
  readonly steps: readonly Step[];
  readonly requestTimeoutMs?: number;
}

/** What came of it. */
export interface Played {
  readonly answers: readonly StepAnswer[];
  /** Every line of the log, with its level: `I text`. */
  readonly log: readonly string[];
}

const NAME = "wasm-runtime";
/** The Go runtime compiles a module in Go for as long as this, on a busy machine. */
const START_TIMEOUT_MS = 120_000;

function install(folder: TestFolder, { modules, configs = {} }: Play): { plugins: string; configs: string } {
  const [plugins, configDir] = [join(folder.dir, "plugins"), join(folder.dir, "conf.d")];
  mkdirSync(plugins, { recursive: true });
  mkdirSync(configDir, { recursive: true });
  for (const [name, module] of Object.entries(modules)) {
    const path = join(plugins, name);
    writeFileSync(path, typeof module === "string" ? readFileSync(module) : module, { mode: 0o755 });
  }
  for (const [name, text] of Object.entries(configs)) writeFileSync(join(configDir, `${name}.conf`), text);
  return { plugins, configs: configDir };
}

/** In the Go runtime. */
export async function playInGo(peers: GoPeers, folder: TestFolder, play: Play): Promise<Played> {
  const installed = install(folder, play);
  await using runtime = await RefRuntime.start({
    binary: peers.refruntime,
    socket: folder.socket,
    startTimeoutMs: START_TIMEOUT_MS,
    args: [
      ...["-name", NAME, "-version", "v1.2.3", "-v", "-plugin-path", installed.plugins, "-conf-dir", installed.configs],
      ...["-req-timeout", `${play.requestTimeoutMs ?? 10_000}ms`],
    ],
  });
  const answers: StepAnswer[] = [];
  for (const { op, req } of play.steps) answers.push(await runtime.try(op, req));
  await runtime[Symbol.asyncDispose](); // the log comes by another way than the answers: all of it is there at the end
  return { answers, log: [...runtime.child.stderr] };
}

/** In ours. */
export async function playInOurs(compat: Compat, folder: TestFolder, play: Play): Promise<Played> {
  const installed = install(folder, play);
  const log: string[] = [];
  const at = (level: string) => (text: string) => void log.push(`${level} ${text}`);
  await using scenario = new Scenario({
    adaptation: {
      runtime: { name: NAME, version: "v1.2.3" },
      pluginDir: installed.plugins,
      pluginConfigDir: installed.configs,
      registrationTimeoutMs: START_TIMEOUT_MS,
      requestTimeoutMs: play.requestTimeoutMs ?? 10_000,
      compat,
      log: { debug: at("D"), info: at("I"), warn: at("W"), error: at("E") },
    },
    emit: () => undefined,
  });
  await scenario.start();
  const answers: StepAnswer[] = [];
  for (const { op, req } of play.steps)
    answers.push(JSON.parse((await scenario.step(JSON.stringify({ op, req }))) ?? "") as StepAnswer);
  return { answers, log: [...log] };
}

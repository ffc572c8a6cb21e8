// The two ends of NRI, each in Go and in TypeScript, behind one interface per end: a runtime that is told its steps, and
// a plugin that answers from a script and records what it got. What one pair does, every other pair must do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GoPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { type Recorded, RefPlugin, type Script } from "../peers/refplugin.js";
import { RefRuntime, type StepAnswer } from "../peers/refruntime.js";
import { OurPlugin } from "./our-plugin.js";
import { OurRuntime } from "./our-runtime.js";

/** Which implementation is on an end. */
export type Language = "go" | "ts";

/** What the runtime has when a plugin joins: protojson of a SynchronizeRequest. */
export type State = { readonly pods?: readonly JsonValue[]; readonly containers?: readonly JsonValue[] };

/** How a runtime starts. */
export interface RuntimeSettings {
  readonly socket: string;
  readonly dir: string;
  readonly name: string;
  /** Its version, of a Go runtime only; `v1.2.3` by default. */
  readonly version?: string | undefined;
  readonly state?: State | undefined;
  readonly requestTimeoutMs?: number | undefined;
  readonly compat?: "default" | "reference" | undefined;
}

/** A runtime. */
export interface RuntimeSide extends AsyncDisposable {
  /** Process that serves. */
  readonly pid: number;
  /** Runs a step of refruntime's scenarios and gives the answer, also when it is an error. */
  try(op: string, req?: JsonValue): Promise<StepAnswer>;
  waitForPlugins(n: number): Promise<void>;
  /** What plugins asked for of themselves, so far. */
  unsolicited(): JsonValue[];
  /** What plugins answered to Synchronize, so far. */
  synchronized(): JsonValue[];
  /** What the next unsolicited updates report as failed, or fail with. */
  setFailed(updates: readonly JsonValue[]): Promise<void>;
  setUpdateError(text: string): Promise<void>;
}

/** A plugin. */
export interface PluginSide extends AsyncDisposable {
  readonly pid: number;
  calls(): Pick<Recorded, "method" | "args">[];
  waitFor(method: string, timeoutMs?: number): Promise<Pick<Recorded, "method" | "args">>;
}

/** How a plugin starts. */
export interface PluginSettings {
  readonly socket: string;
  readonly dir: string;
  readonly index: string;
  readonly name: string;
  readonly script: Script;
}

/** A folder and socket of its own for one test; gone afterwards. */
export function scratch(): { dir: string; socket: string } & Disposable {
  const dir = mkdtempSync(join(tmpdir(), "nri-peer-"));
  return {
    dir,
    socket: join(dir, "nri.sock"),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** Starts a runtime in `language`. */
export async function startRuntime(language: Language, go: GoPeers, settings: RuntimeSettings): Promise<RuntimeSide> {
  if (language === "ts") return await OurRuntime.start(settings);
  const { requestTimeoutMs, name, version = "v1.2.3" } = settings;
  const args = ["-name", name, "-version", version];
  if (requestTimeoutMs !== undefined) args.push("-req-timeout", `${requestTimeoutMs}ms`);
  const runtime = await RefRuntime.start({ binary: go.refruntime, socket: settings.socket, args });
  if (settings.state !== undefined) await runtime.step("SetState", settings.state as JsonObject);
  const told = (kind: "UpdateContainers" | "Synchronized", member: "req" | "res"): JsonValue[] =>
    runtime.events.filter((event) => event.event === kind).map((event) => event[member] ?? {});
  return {
    pid: runtime.pid,
    try: (op, req) => runtime.try(op, req),
    waitForPlugins: (n) => runtime.waitForPlugins(n),
    unsolicited: () => told("UpdateContainers", "req"),
    // the first one is the start without plugins
    synchronized: () => told("Synchronized", "res").slice(1),
    setFailed: async (updates) => {
      await runtime.step("SetFailed", { failed: [...updates] });
    },
    setUpdateError: async (text) => {
      await runtime.step("SetUpdateError", text);
    },
    [Symbol.asyncDispose]: () => runtime[Symbol.asyncDispose](),
  };
}

/** Starts a plugin in `language`. */
export async function startPlugin(language: Language, go: GoPeers, settings: PluginSettings): Promise<PluginSide> {
  return language === "ts" ? await OurPlugin.start(settings) : new RefPlugin({ binary: go.refplugin, ...settings });
}

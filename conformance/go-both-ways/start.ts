// Starts either end in either language.
import type { GoPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { RefPlugin } from "../peers/refplugin.js";
import { RefRuntime } from "../peers/refruntime.js";
import { OurPlugin } from "./our-plugin.js";
import { OurRuntime } from "./our-runtime.js";
import type { Language, PluginSettings, PluginSide, RuntimeSettings, RuntimeSide } from "./sides.js";

/** Starts a runtime in `language`. */
export async function startRuntime(language: Language, go: GoPeers, settings: RuntimeSettings): Promise<RuntimeSide> {
  if (language === "ts") return await OurRuntime.start(settings);
  const { requestTimeoutMs, registrationTimeoutMs, name, version = "v1.2.3" } = settings;
  const args = ["-name", name, "-version", version];
  if (requestTimeoutMs !== undefined) args.push("-req-timeout", `${requestTimeoutMs}ms`);
  if (registrationTimeoutMs !== undefined) args.push("-reg-timeout", `${registrationTimeoutMs}ms`);
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

// The plugin that the benchmark measures: refplugin's options and modes on our SDK.
import { adjustment, definePlugin, type EventHandlers, silentLogger } from "@nri/plugin";
import { EVENT_NAMES, type EventName } from "@nri/protocol";
import { readFlags } from "./flags.js";

const flags = readFlags(process.argv.slice(2), ["idx", "name", "socket", "mode"]);
const { idx = "00", name = "bench", socket, mode = "noop" } = flags;
if (mode !== "noop" && mode !== "adjust") throw new Error(`option -mode is noop or adjust, not "${mode}"`);

const nothing = (): undefined => undefined;
const subscribed = EVENT_NAMES.filter((event): event is EventName => event !== "validateContainerAdjustment");
const handlers: EventHandlers = Object.fromEntries(subscribed.map((event) => [event, nothing]));

// the same changes as refplugin -mode adjust makes
const createContainer: EventHandlers["createContainer"] = () => ({
  adjust: adjustment()
    .annotation(`refplugin.example/${idx}`, `adjusted-by-${name}`)
    .env(`REFPLUGIN_${idx}_A`, "value-a")
    .env(`REFPLUGIN_${idx}_B`, "value-b")
    .mount({
      destination: `/run/refplugin/${idx}`,
      type: "bind",
      source: `/var/lib/refplugin/${idx}`,
      options: ["rbind", "ro"],
    })
    .device({ path: `/dev/refplugin${idx}`, type: "c", major: 10n, minor: 200n, fileMode: 0o600, uid: 0, gid: 0 })
    .unified(`refplugin.${idx}`, "1"),
});

const plugin = definePlugin({ ...handlers, ...(mode === "adjust" ? { createContainer } : {}) });
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());
try {
  await plugin.run({
    index: idx,
    name,
    ...(socket === undefined ? {} : { socketPath: socket }),
    signal: stop.signal,
    environment: {},
    log: silentLogger,
  });
} catch (error) {
  // the end of the runtime is the end of the measurement
  if (!stop.signal.aborted) console.error(error);
}

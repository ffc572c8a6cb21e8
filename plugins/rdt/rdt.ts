// Puts containers into classes of Intel RDT (cache and memory bandwidth) that pod annotations ask for.
import { definePlugin, stderrLogger } from "@nri/plugin";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { adjustRdt } from "./settings.js";

const flags = readFlags("rdt", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  verbose: { help: "enable verbose (debug) logging" },
});

const plugin = definePlugin({
  createContainer({ pod, container, log }) {
    log.debug(`${pod.name}/${container.name}: create container`);
    return { adjust: adjustRdt(pod, container, log) };
  },
});

await runMain(plugin, { index: flags.idx, socketPath: "", log: stderrLogger(flags.verbose ? "debug" : "info") });

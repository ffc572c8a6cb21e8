// Sets POSIX limits of containers that pod annotations ask for.
import { definePlugin, stderrLogger } from "@nri/plugin";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { adjustUlimits, ulimitsOf } from "./ulimits.js";

const flags = readFlags("ulimit-adjuster", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  name: { value: "string", help: "plugin name to register to NRI" },
  socket: { value: "string", help: "NRI socket to connect to" },
  verbose: { help: "enable verbose (debug) logging" },
});

const plugin = definePlugin({
  createContainer({ pod, container, log }) {
    const ulimits = ulimitsOf(pod, container);
    for (const { type, hard, soft } of ulimits) {
      log.debug(`${pod.name}/${container.name}: setting ${type} to ${soft}/${hard}`);
    }
    return { adjust: adjustUlimits(ulimits) };
  },
});

const log = stderrLogger(flags.verbose ? "debug" : "info");
await runMain(plugin, { name: flags.name, index: flags.idx, socketPath: flags.socket, log });

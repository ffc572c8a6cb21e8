// Gives containers the devices, mounts, priorities and settings that pod annotations ask for.
import { definePlugin } from "@nri/plugin";
import { dumpLines } from "../common/dump.js";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { inject } from "./inject.js";

const flags = readFlags("device-injector", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  "socket-path": { value: "string", help: "socket path to connect to" },
  verbose: { help: "enable (more) verbose logging" },
});

const plugin = definePlugin({
  createContainer({ pod, container, log }) {
    if (!flags.verbose) return { adjust: inject(pod, container, log) };
    const dump = (tag: string, value: unknown) => {
      for (const line of dumpLines(`${pod.name}/${container.name}`, { [tag]: value })) log.info(line);
    };
    dump("pod", pod);
    dump("container", container);
    const adjust = inject(pod, container, log, dump);
    dump("ContainerAdjustment", adjust);
    return { adjust };
  },
});

await runMain(plugin, { index: flags.idx, socketPath: flags["socket-path"] });

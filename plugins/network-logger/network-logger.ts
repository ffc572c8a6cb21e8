// Says which network namespace and which addresses pods have. Spec: plugins 6.
import { definePlugin } from "@nri/plugin";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { addresses, network, podName } from "./lines.js";

const flags = readFlags("network-logger", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  socket: { value: "string", help: "path to NRI socket" },
});

const plugin = definePlugin({
  synchronize({ pods, containers, log }) {
    log.info(`Synchronized state with the runtime (${pods.length} pods, ${containers.length} containers)...`);
    for (const pod of pods) log.info(`pod ${network(pod)}`);
  },
  shutdown: ({ log }) => log.info("Runtime shutting down..."),

  runPodSandbox: ({ pod, log }) => log.info(`Started pod ${network(pod)}`),
  stopPodSandbox: ({ pod, log }) => log.info(`Stopped pod ${podName(pod)}: ${addresses(pod)}`),
  removePodSandbox: ({ pod, log }) => log.info(`Removed pod ${podName(pod)}: ${addresses(pod)}`),
});

await runMain(plugin, { index: flags.idx, socketPath: flags.socket });

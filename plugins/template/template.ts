// Does nothing but say what it sees: a plugin to copy and begin with. Spec: plugins 8.
import { adjustment, definePlugin } from "@nri/plugin";
import type { Container, PodSandbox } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { readYaml, record, text } from "../common/yaml-value.js";

const flags = readFlags("template", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  name: { value: "string", help: "plugin name to register to NRI" },
  socket: { value: "string", help: "NRI socket to connect to" },
});

const configuration = record({ cfgParam1: text });

const podName = (pod: PodSandbox) => `${pod.namespace}/${pod.name}`;
const containerName = (pod: PodSandbox, container: Container) => `${podName(pod)}/${container.name}`;

const plugin = definePlugin({
  configure({ config, runtimeName, runtimeVersion, log }) {
    log.info(`Connected to ${runtimeName}/${runtimeVersion}...`);
    if (config === "") return;
    try {
      const { cfgParam1 } = readYaml(config, configuration);
      log.info(`Got configuration data cfgParam1=${JSON.stringify(cfgParam1)}...`);
    } catch (error) {
      throw new Error(`failed to parse configuration: ${errorText(error)}`);
    }
  },
  synchronize({ pods, containers, log }) {
    log.info(`Synchronized state with the runtime (${pods.length} pods, ${containers.length} containers)...`);
  },
  shutdown({ log }) {
    log.info("Runtime shutting down...");
  },

  runPodSandbox({ pod, log }) {
    log.info(`Started pod ${podName(pod)}...`);
  },
  stopPodSandbox({ pod, log }) {
    log.info(`Stopped pod ${podName(pod)}...`);
  },
  removePodSandbox({ pod, log }) {
    log.info(`Removed pod ${podName(pod)}...`);
  },

  createContainer({ pod, container, log }) {
    log.info(`Creating container ${containerName(pod, container)}...`);
    // What the plugin changes goes here: adjustment().env("FUSE", "1").device({...})
    return { adjust: adjustment(), updates: [] };
  },
  postCreateContainer({ pod, container, log }) {
    log.info(`Created container ${containerName(pod, container)}...`);
  },
  startContainer({ pod, container, log }) {
    log.info(`Starting container ${containerName(pod, container)}...`);
  },
  postStartContainer({ pod, container, log }) {
    log.info(`Started container ${containerName(pod, container)}...`);
  },
  updateContainer({ pod, container, log }) {
    log.info(`Updating container ${containerName(pod, container)}...`);
    return { updates: [] };
  },
  postUpdateContainer({ pod, container, log }) {
    log.info(`Updated container ${containerName(pod, container)}...`);
  },
  stopContainer({ pod, container, log }) {
    log.info(`Stopped container ${containerName(pod, container)}...`);
    return { updates: [] };
  },
  removeContainer({ pod, container, log }) {
    log.info(`Removed container ${containerName(pod, container)}...`);
  },
});

await runMain(plugin, { name: flags.name, index: flags.idx, socketPath: flags.socket });

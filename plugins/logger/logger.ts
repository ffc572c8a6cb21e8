// Dumps everything that NRI shows a plugin; can be told to touch containers. Spec: plugins 3.
import { definePlugin } from "@nri/plugin";
import { dumpLines } from "../common/dump.js";
import { errorText } from "../common/error-text.js";
import { readFlags } from "../common/flags.js";
import { logFile } from "../common/log-file.js";
import { runMain } from "../common/main.js";
import { configured, eventMask, marks, type Settings } from "./settings.js";

const flags = readFlags("logger", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  "socket-path": { value: "string", help: "socket path to connect to" },
  events: { value: "string", help: "comma-separated list of events to subscribe for" },
  "log-file": { value: "string", help: "logfile name, if logging to a file" },
  "add-annotation": { value: "string", help: "add this annotation to containers" },
  "set-annotation": { value: "string", help: "set this annotation on containers" },
  "add-env": { value: "string", help: "add this environment variable for containers" },
  "set-env": { value: "string", help: "set this environment variable for containers" },
});

let settings: Settings = {
  logFile: flags["log-file"],
  events: flags.events.split(","),
  addAnnotation: flags["add-annotation"],
  setAnnotation: flags["set-annotation"],
  addEnv: flags["add-env"],
  setEnv: flags["set-env"],
};
const output = logFile();
const { log } = output;

function dump(event: string, values: Readonly<Record<string, unknown>>): void {
  for (const line of dumpLines(event, values)) log.info(line);
}

const plugin = definePlugin({
  configure({ config, runtimeName, runtimeVersion }) {
    log.info(`got configuration data: ${JSON.stringify(config)} from runtime ${runtimeName} ${runtimeVersion}`);
    if (config === "") return flagMask;
    settings = configured(settings, config);
    const mask = eventMask(settings, "failed to parse events in configuration");
    output.reopen(settings.logFile);
    return mask;
  },
  synchronize: ({ pods, containers }) => dump("Synchronize", { pods, containers }),
  shutdown: () => log.info("Shutdown"),

  runPodSandbox: ({ pod }) => dump("RunPodSandbox", { pod }),
  updatePodSandbox: ({ pod, overheadLinuxResources, linuxResources }) =>
    dump("UpdatePodSandbox", { pod, overHeadResources: overheadLinuxResources, resources: linuxResources }),
  postUpdatePodSandbox: ({ pod }) => dump("PostUpdatePodSandbox", { pod }),
  stopPodSandbox: ({ pod }) => dump("StopPodSandbox", { pod }),
  removePodSandbox: ({ pod }) => dump("RemovePodSandbox", { pod }),

  createContainer({ pod, container }) {
    dump("CreateContainer", { pod, container });
    return { adjust: marks(settings, `logger-pid-${process.pid}`) };
  },
  postCreateContainer: ({ pod, container }) => dump("PostCreateContainer", { pod, container }),
  startContainer: ({ pod, container }) => dump("StartContainer", { pod, container }),
  postStartContainer: ({ pod, container }) => dump("PostStartContainer", { pod, container }),
  updateContainer: ({ pod, container, linuxResources }) =>
    dump("UpdateContainer", { pod, container, resources: linuxResources }),
  postUpdateContainer: ({ pod, container }) => dump("PostUpdateContainer", { pod, container }),
  stopContainer: ({ pod, container }) => dump("StopContainer", { pod, container }),
  removeContainer: ({ pod, container }) => dump("RemoveContainer", { pod, container }),
  validateContainerAdjustment: ({ pod, container, adjust, update, owners, plugins }) =>
    dump("ValidateContainerAdjustment", { request: { pod, container, adjust, update, owners, plugins } }),
});

function fatal(error: unknown): never {
  log.error(errorText(error));
  process.exit(1);
}

let flagMask = 0;
try {
  if (flags.events !== "") flagMask = eventMask(settings, "failed to parse events");
  output.reopen(settings.logFile);
} catch (error) {
  fatal(error);
}
await runMain(plugin, { index: flags.idx, socketPath: flags["socket-path"], log });

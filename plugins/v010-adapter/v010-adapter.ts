#!/usr/bin/env node
// Calls NRI v0.1.0 plugins when pods and containers start and stop. Spec: v010 7.
import { type ClientOptions, createClient, type Task } from "@nri/legacy";
import { definePlugin, type Logger } from "@nri/plugin";
import type { Container, PodSandbox } from "@nri/protocol";
import { errorText } from "../common/error-text.js";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { clientOptions, readSettings, type Settings } from "./settings.js";
import { sandboxOf, taskOf } from "./subjects.js";

const flags = readFlags("v010-adapter", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  socket: { value: "string", help: "path to NRI socket" },
  conf: { value: "file", help: "configuration of the v0.1.0 plugins (/etc/nri/conf.json)" },
  confDir: { value: "directory", help: "where *.conf is read when there is no such file (/etc/nri/resource.d)" },
  binDir: { value: "directory", help: "programs of the v0.1.0 plugins (/opt/nri/bin)" },
  compat: { value: "string", help: "reference: search PATH too, and all else as the Go adapter does it" },
});

let options = optionsOrExit(flags);

/** The client's options; ends the process with status 2, as for wrong flags, when they are wrong. */
function optionsOrExit(settings: Settings): ClientOptions {
  try {
    return clientOptions(settings);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n`);
    process.exit(2);
  }
}

const podName = (pod: PodSandbox) => `${pod.namespace}/${pod.name}`;
const containerName = (pod: PodSandbox, container: Container) => `${podName(pod)}/${container.name}`;

/** What an event is about, and what it comes with. */
interface Event {
  readonly pod: PodSandbox;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Calls all v0.1.0 plugins. Their configuration is read for every event, as in the reference. */
async function invoke({ pod, log, signal }: Event, task: Task, state: "create" | "delete"): Promise<void> {
  let doing = "unable to create nri client";
  try {
    const client = await createClient(options);
    doing = state === "create" ? "nri invoke failed" : `Failed to delete nri for ${JSON.stringify(task.id)}`;
    // When nobody waits any more, programs are ended; the reference lets them run.
    const patience = options.compat === "reference" ? {} : { signal };
    await client.invoke(task, state, { sandbox: sandboxOf(pod), ...patience });
  } catch (error) {
    log.error(`${doing}: ${errorText(error)}`);
    throw error;
  }
}

const plugin = definePlugin({
  configure({ config, runtimeName, runtimeVersion, log }) {
    log.info(`Connected to ${runtimeName}/${runtimeVersion}...`);
    try {
      options = clientOptions(readSettings(config, flags));
    } catch (error) {
      throw new Error(`failed to parse configuration: ${errorText(error)}`);
    }
  },
  shutdown({ log }) {
    log.info("Runtime shutting down...");
  },
  async runPodSandbox(event) {
    event.log.info(`Started pod ${podName(event.pod)}...`);
    await invoke(event, taskOf(event.pod), "create");
  },
  async stopPodSandbox(event) {
    event.log.info(`Stopped pod ${podName(event.pod)}...`);
    await invoke(event, taskOf(event.pod), "delete");
  },
  async startContainer(event) {
    event.log.info(`Starting container ${containerName(event.pod, event.container)}...`);
    await invoke(event, taskOf(event.container), "create");
  },
  async stopContainer(event) {
    event.log.info(`Stopped container ${containerName(event.pod, event.container)}...`);
    // Logged only: nothing keeps a container from stopping.
    await invoke(event, taskOf(event.container), "delete").catch(() => undefined);
  },
});

await runMain(plugin, { index: flags.idx, socketPath: flags.socket });

// Moves network devices of the host into pods whose annotations ask for them. Spec: plugins 5.
import { definePlugin, stderrLogger } from "@nri/plugin";
import type { PodSandbox } from "@nri/protocol";
import { dumpLines } from "../common/dump.js";
import { errorText } from "../common/error-text.js";
import { readFlags, wrongFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { type Injector, injectDevices, REQUEST_MS, releaseDevices } from "./inject.js";
import { findIp } from "./ip.js";

const FLAGS = {
  idx: { value: "string", help: "plugin index to register to NRI" },
  socket: { value: "string", help: "NRI socket to connect to" },
  verbose: { help: "enable (more) verbose logging" },
  compat: { value: "string", help: '"reference": as the Go plugin, without what it does not do; default "default"' },
} as const;
const flags = readFlags("network-device-injector", FLAGS);
const compat = flags.compat || "default";
if (compat !== "default" && compat !== "reference") {
  wrongFlags("network-device-injector", FLAGS, `invalid value "${compat}" for flag -compat: default or reference`);
}

const log = stderrLogger(flags.verbose ? "debug" : "info");

function dump(event: string, pod: PodSandbox): void {
  if (flags.verbose) for (const line of dumpLines(event, { pod })) log.info(line);
}

try {
  const injector: Injector = {
    ip: findIp(),
    compat,
    log,
    hostNamespace: `/proc/${process.pid}/ns/net`,
    requestMs: REQUEST_MS,
  };
  const plugin = definePlugin({
    runPodSandbox: async ({ pod }) => {
      dump("RunPodSandbox", pod);
      await injectDevices(injector, pod);
    },
    stopPodSandbox: async ({ pod }) => {
      dump("StopPodSandbox", pod);
      await releaseDevices(injector, pod);
    },
  });
  await runMain(plugin, { index: flags.idx, socketPath: flags.socket, log });
} catch (error) {
  log.error(errorText(error));
  process.exitCode = 1;
}

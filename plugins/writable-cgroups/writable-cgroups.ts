// Mounts the cgroup file system writable in containers that pod annotations ask for, where the host allows it.
import { definePlugin, type Logger, stderrLogger } from "@nri/plugin";
import { errorText } from "../common/error-text.js";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { wantsWritableCgroups, writableMount } from "./cgroup-mount.js";
import { delegatesNamespaces, readMountinfo } from "./host-mounts.js";

const HOST_MOUNT_FILE = "/host/proc/1/mountinfo";

const flags = readFlags("writable-cgroups", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  "socket-path": { value: "string", help: "socket path to connect to" },
  "host-mount-file": { value: "string", help: `mountinfo file of the host (default "${HOST_MOUNT_FILE}")` },
  verbose: { help: "enable (more) verbose logging" },
});
const log = stderrLogger(flags.verbose ? "debug" : "info");
const allowed = hostAllowsIt(flags["host-mount-file"] || HOST_MOUNT_FILE, log);

const plugin = definePlugin({
  createContainer({ pod, container, log }) {
    const annotation = wantsWritableCgroups(pod, container);
    if (annotation === undefined) return;
    const name = `${pod.namespace}/${pod.name}/${container.name}`;
    if (!allowed) {
      log.warn(`${name}: cgroup mount on host does not have 'nsdelegate' option; ignoring ${annotation.key}`);
      return;
    }
    const adjust = writableMount(container, annotation);
    if (adjust === undefined) {
      log.debug(`${name}: cgroup mount is already read-write`);
      return;
    }
    log.info(`${name}: successfully adjusted mounts for writable cgroups`);
    return { adjust };
  },
});

/** Whether writable cgroups are safe on this host; why not is a warning, once, at the start. */
function hostAllowsIt(file: string, log: Logger): boolean {
  try {
    const delegates = delegatesNamespaces(readMountinfo(file));
    if (delegates) log.info("Host cgroup mount has 'nsdelegate' option, enabling writable cgroups support");
    else log.warn("Host cgroup mount does not have 'nsdelegate' option, disabling writable cgroups");
    return delegates;
  } catch (error) {
    log.warn(
      `Failed to check for nsdelegate option on host cgroup mount, disabling writable cgroups: ${errorText(error)}`,
    );
    return false;
  }
}

await runMain(plugin, { index: flags.idx, socketPath: flags["socket-path"], log });

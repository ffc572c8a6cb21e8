// Injects OCI hooks into containers: those of the hook directories of podman and CRI-O whose conditions a container meets.
import { definePlugin, stderrLogger } from "@nri/plugin";
import { dumpLines } from "../common/dump.js";
import { errorText } from "../common/error-text.js";
import { readFlags } from "../common/flags.js";
import { runMain } from "../common/main.js";
import { DEFAULT_DIRECTORIES, type HookFiles, loadHooks, watchHooks } from "./hook-directories.js";
import { injectHooks } from "./inject.js";

const flags = readFlags("hook-injector", {
  idx: { value: "string", help: "plugin index to register to NRI" },
  "socket-path": { value: "string", help: "socket path to connect to" },
  verbose: { help: "enable (more) verbose logging" },
  disableWatch: { help: "disable watching hook directories for new hooks" },
  dirs: { value: "string", help: `hook directories, separated by colons (default "${DEFAULT_DIRECTORIES.join(":")}")` },
});
const log = stderrLogger(flags.verbose ? "debug" : "info");
const directories = flags.dirs === "" ? DEFAULT_DIRECTORIES : flags.dirs.split(":");

const plugin = definePlugin({
  createContainer({ pod, container, log }) {
    const name = `${pod.name}/${container.name}`;
    const dump = (prefix: string, values: Readonly<Record<string, unknown>>) => {
      if (flags.verbose) for (const line of dumpLines(prefix, values)) log.info(line);
    };
    dump("CreateContainer", { pod, container });
    const adjust = injectHooks(pod, container, hooks);
    if (adjust === undefined) {
      log.info(`${name}: no hooks to inject, ignoring`);
      return;
    }
    dump(name, { ContainerAdjustment: adjust });
    log.info(`${name}: OCI hooks injected`);
    return { adjust };
  },
});

function orExit<T>(failure: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    log.error(failure + errorText(error));
    process.exit(1);
  }
}

let hooks: HookFiles = orExit("failed to set up hook manager: ", () => loadHooks(directories));
if (!flags.disableWatch) {
  orExit("", () =>
    watchHooks(directories, log, (changed) => {
      hooks = changed;
    }),
  );
}
await runMain(plugin, { index: flags.idx, socketPath: flags["socket-path"], log });

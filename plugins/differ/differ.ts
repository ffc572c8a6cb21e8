// Prints what the plugins between two places of the chain have changed. Spec: plugins 4.
import { adjustment, definePlugin, type Plugin } from "@nri/plugin";
import { dumpLines } from "../common/dump.js";
import { errorText } from "../common/error-text.js";
import { readFlags, wrongFlags } from "../common/flags.js";
import { logFile } from "../common/log-file.js";
import { runAll } from "../common/main.js";
import { Chain, indicesOf, type View } from "./chain.js";
import { differenceLines, type Style, viewLines } from "./lines.js";

const FLAGS = {
  indices: { value: "string", help: "comma-separated indices to look at, ascending, at least two (default 0,99)" },
  "log-file": { value: "string", help: "logfile name, if logging to a file" },
  "socket-path": { value: "string", help: "socket path to connect to" },
  "verbose-level": {
    value: "int",
    help: "1: print what the first index sees, 2: also what the others compare, 3: also Synchronize (default 0)",
  },
  yaml: { help: "print differences as YAML" },
} as const;
const flags = readFlags("differ", FLAGS);
const output = logFile();
const { log } = output;

function style(): Style {
  const level = flags["verbose-level"] || "0";
  if (!/^[+-]?\d+$/.test(level)) {
    wrongFlags("differ", FLAGS, `invalid value "${level}" for flag -verbose-level: parse error`);
  }
  return { verbosity: Number(level), yaml: flags.yaml };
}

/** The plugin at one index. It has no `configure`: that of the reference is never called, so configuration has no effect. */
function plugin(chain: Chain, index: string, style: Style): Plugin {
  const print = (lines: readonly string[]): void => {
    for (const line of lines) log.info(line);
  };
  const look = (view: View): void => {
    const before = chain.previous(index, view);
    if (before !== undefined) print(differenceLines(index, before, view, style));
    else if (!chain.isFirst(index)) log.debug(`[${Number(index)}] ${view.event}: nothing to compare with`);
    else if (style.verbosity > 0) print(viewLines(index, view));
  };
  const at =
    (event: string) =>
    ({ pod, container, resources }: Omit<View, "event">) =>
      look({ event, pod, container, resources });
  return definePlugin({
    synchronize({ pods, containers }) {
      if (style.verbosity > 2) print(dumpLines(`[${index}] Synchronize`, { pods, containers }));
    },
    runPodSandbox: at("RunPodSandbox"),
    stopPodSandbox: at("StopPodSandbox"),
    removePodSandbox: at("RemovePodSandbox"),
    createContainer(call) {
      at("CreateContainer")(call);
      return { adjust: adjustment() };
    },
    postCreateContainer: at("PostCreateContainer"),
    startContainer: at("StartContainer"),
    postStartContainer: at("PostStartContainer"),
    updateContainer: ({ pod, container, linuxResources }) =>
      at("UpdateContainer")({ pod, container, resources: linuxResources }),
    postUpdateContainer: at("PostUpdateContainer"),
    stopContainer: at("StopContainer"),
    removeContainer: at("RemoveContainer"),
  });
}

try {
  const chain = new Chain(indicesOf(flags.indices || "0,99"));
  const chosen = style();
  output.reopen(flags["log-file"]);
  await runAll(new Map(chain.indices.map((index) => [index, plugin(chain, index, chosen)])), {
    socketPath: flags["socket-path"],
    log,
  });
} catch (error) {
  log.error(errorText(error));
  process.exitCode = 1;
}

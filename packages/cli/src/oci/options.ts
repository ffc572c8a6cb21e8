// The options of `nri oci install`: read, checked, and explained.
import { isAbsolute } from "node:path";
import { parseArgs } from "node:util";
import {
  ANSWER_SECONDS,
  DEFAULT_LEASE_SOCKET,
  ENGINES,
  type EngineName,
  LIFECYCLE,
  type RuntimeVerb,
  WAIT_SECONDS,
  WHEN_DOWN,
  type WhenDown,
  type WrapperSettings,
} from "@nri/runtime";
import { nearest } from "@nri/runtime/nearest";
import { parseDuration } from "../duration.js";
import { UsageError } from "../host.js";
import { argumentProblem } from "../usage.js";
import { configFileOf } from "./engine-config.js";

/** What `nri oci --help` prints. */
export const OCI_HELP = `Usage: nri oci install --engine ENGINE [options]

Writes the wrapper: the program that an engine is told is its OCI runtime. It is a shell script that asks nri serve about
create, start and update, and becomes the runtime at once for everything else. Prints what the engine's configuration
needs, or with --configure puts it there.

Options:
  --engine ENGINE            containerd, docker, podman, or oci for who calls the runtime by hand
  --runtime PATH             the real runtime, runc or crun, by absolute name (default: runc below /usr or /bin, else crun; for
                             podman crun, else runc)
  --out FILE                 the script to write, by absolute name (default: /usr/local/sbin/nri-ENGINE-RUNTIME, as in
                             nri-docker-runc)
  --configure                make it the engine's default runtime: docker: in /etc/docker/daemon.json, all else in it stays, the
                             file from before is kept as daemon.json.before-nri; podman: in a file of its own,
                             /etc/containers/containers.conf.d/50-nri.conf
  --engine-config FILE       that file, when it is another one
  --host-root DIR            where the machine's root folder is mounted, when this runs in a container
  --socket PATH              the socket that nri serve has for wrappers (default: ${DEFAULT_LEASE_SOCKET})
  --wait DURATION            how long a daemon that does not answer is waited for; it may be restarting (default: ${WAIT_SECONDS}s)
  --answer-wait DURATION     how long its answer is waited for (default: ${ANSWER_SECONDS}s)
  --when-down COMMAND=WHAT   what happens to create, run, restore, start or update without a daemon: refuse or pass;
                             repeatable (default: all are refused)
  --exempt-namespace NAME    a containerd namespace whose containers pass unasked; repeatable
  --exempt-pod-namespace N   a Kubernetes namespace whose pods pass unasked, such as that of the plugins; repeatable
  --json                     what was written, as JSON
  --help                     print this

nri oci ... -- COMMAND-LINE  is the program that the script calls for run, restore, and update with options.

Exit code: 0 written; 1 a file cannot be written; 2 wrong use, a runtime that is missing or is none, a file that must be left
alone.

Examples:
  nri oci install --engine docker --configure
  nri oci install --engine containerd --runtime /usr/sbin/runc --out /usr/local/sbin/nri-runc
`;

const OPTIONS = {
  engine: { type: "string" },
  runtime: { type: "string" },
  out: { type: "string" },
  configure: { type: "boolean" },
  "engine-config": { type: "string" },
  "host-root": { type: "string" },
  socket: { type: "string" },
  wait: { type: "string" },
  "answer-wait": { type: "string" },
  "when-down": { type: "string", multiple: true },
  "exempt-namespace": { type: "string", multiple: true },
  "exempt-pod-namespace": { type: "string", multiple: true },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** What was asked for; the runtime is not looked for yet. */
export interface InstallOptions {
  /** Undefined: its name comes from engine and runtime. */
  readonly out: string | undefined;
  /** Undefined: the one that is found. */
  readonly runtime: string | undefined;
  /** The engine's file that is to name the wrapper; undefined: none. */
  readonly engineConfig: string | undefined;
  /** Undefined: this machine's. */
  readonly hostRoot: string | undefined;
  readonly settings: Omit<WrapperSettings, "flavour" | "runtime">;
  readonly json: boolean;
}

/** Reads `command`, which is to be `install`, and its arguments; undefined when help was asked for. Throws UsageError. */
export function readInstallOptions(args: readonly string[], command: string | undefined): InstallOptions | undefined {
  if (command === undefined) throw new UsageError("nothing to do: nri oci install; see nri oci --help");
  if (command !== "install") {
    const hint = nearest(command, ["install"]) === undefined ? "" : ", did you mean install?";
    throw new UsageError(`unknown "${command}"${hint}; see nri oci --help`);
  }
  const values = parse(args);
  if (values.help === true) return undefined;
  if (values.engine === undefined) throw new UsageError("no --engine given; see nri oci --help");
  const engine = engineOf(values.engine);
  return {
    out: values.out === undefined ? undefined : absolute(values.out, "out"),
    runtime: values.runtime === undefined ? undefined : absolute(values.runtime, "runtime"),
    engineConfig: engineConfigOf(engine, values.configure ?? false, values["engine-config"]),
    hostRoot: values["host-root"] === undefined ? undefined : absolute(values["host-root"], "host-root"),
    json: values.json ?? false,
    settings: {
      engine,
      socketPath: socketOf(values.socket ?? DEFAULT_LEASE_SOCKET),
      waitSeconds: seconds(values.wait, "--wait", WAIT_SECONDS),
      answerSeconds: seconds(values["answer-wait"], "--answer-wait", ANSWER_SECONDS),
      whenDown: whenDown(values["when-down"] ?? []),
      exemptNamespaces: (values["exempt-namespace"] ?? []).map((name) => namespace(name, "exempt-namespace")),
      exemptPodNamespaces: (values["exempt-pod-namespace"] ?? []).map((name) =>
        namespace(name, "exempt-pod-namespace"),
      ),
    },
  };
}

function engineOf(name: string): EngineName {
  const found = ENGINES.find((one) => one === name);
  if (found !== undefined) return found;
  const meant = nearest(name, ENGINES);
  throw new UsageError(
    `--engine "${name}": must be ${ENGINES.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
  );
}

function engineConfigOf(engine: EngineName, configure: boolean, file: string | undefined): string | undefined {
  if (!configure && file === undefined) return undefined;
  const usual = configFileOf(engine);
  return file === undefined ? usual : absolute(file, "engine-config");
}

function whenDown(rows: readonly string[]): Readonly<Record<RuntimeVerb, WhenDown>> {
  const table = { ...WHEN_DOWN };
  for (const row of rows) {
    const [name, what] = row.split("=");
    const verb = LIFECYCLE.find((one) => one === name);
    if (verb === undefined || (what !== "refuse" && what !== "pass"))
      throw new UsageError(`--when-down "${row}": must be COMMAND=refuse or COMMAND=pass, of ${LIFECYCLE.join(", ")}`);
    table[verb] = what;
  }
  return table;
}

/** A name as containerd and Kubernetes take it; the script searches for it. */
function namespace(name: string, option: string): string {
  if (/^[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?$/.test(name)) return name;
  throw new UsageError(`--${option} "${name}": is no name of a namespace`);
}

/** Whole seconds: a shell knows no others. */
function seconds(text: string | undefined, option: string, preset: number): number {
  return text === undefined ? preset : Math.max(1, Math.round(parseDuration(text, option) / 1000));
}

/** The script says its folder in the runtime's log, between quotation marks. */
function socketOf(path: string): string {
  if (/["\\]/.test(path))
    throw new UsageError(`--socket ${path}: quotation marks and backslashes are not possible here`);
  return absolute(path, "socket");
}

/** Engines call from any folder, some with an empty environment. */
function absolute(path: string, option: string): string {
  if (!isAbsolute(path)) throw new UsageError(`--${option} "${path}": must be an absolute name`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f]/.test(path)) throw new UsageError(`--${option}: control characters are not possible here`);
  return path;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: false, strict: true, options: OPTIONS }).values;
  } catch (error) {
    throw argumentProblem(error, "oci", Object.keys(OPTIONS));
  }
}

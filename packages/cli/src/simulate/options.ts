// The options of `nri simulate`: read, checked, and explained.
import { parseArgs } from "node:util";
import type { Init, LinuxResources } from "@nri/protocol";
import { type LifeEvent, parseLifeEvent, parseQuantity, resourcesUpdate, TestingError } from "@nri/testing";
import { parseDuration } from "../duration.js";
import { UsageError } from "../host.js";
import type { ColorMode } from "../printable.js";
import { argumentProblem } from "../usage.js";

/** How the result is written. */
type Format = "text" | "diff" | "spec" | "yaml" | "json";

/** Everything that was asked for. */
export interface SimulateOptions {
  readonly inputs: readonly string[];
  /** As given: `[NN-name=]FILE`. */
  readonly plugins: readonly string[];
  readonly pluginDir: string | undefined;
  readonly pluginConfigDir: string | undefined;
  /** Files by identity `NN-name`. */
  readonly pluginConfigs: ReadonlyMap<string, string>;
  readonly socket: string | undefined;
  readonly wait: number;
  readonly waitTimeoutMs: number;
  readonly until: LifeEvent | undefined;
  readonly update: Init<LinuxResources> | undefined;
  readonly container: string | undefined;
  readonly requestTimeoutMs: number | undefined;
  readonly registrationTimeoutMs: number | undefined;
  /** File with the options of the default validator. */
  readonly validator: string | undefined;
  /** File with failure policies, deadlines and required plugins. */
  readonly policies: string | undefined;
  readonly compat: "default" | "reference";
  readonly format: Format;
  readonly color: ColorMode;
  readonly quiet: boolean;
}

/** What `nri simulate --help` prints. */
export const HELP = `Usage: nri simulate INPUT... [options]

Starts real plugins as real processes, plays the life of each pod of the input through them, and shows what each plugin
changes, what conflicts, and the OCI spec that comes out. Needs no root, no engine and no cluster.

INPUT is a Kubernetes manifest (a Pod, or a workload with a pod template; YAML or JSON, many documents, "-" for stdin),
an OCI bundle or its config.json, or a CreateContainerRequest as JSON.

Plugins:
  --plugin [NN-name=]FILE    a plugin, repeatable: an executable, a WebAssembly module, or a .js, .mjs or .ts file. Without
                             NN-name it is called as its file; a file without an index gets 10, 11, ... in the order given
  --plugin-dir DIR           all plugins of a folder, as a runtime finds them
  --plugin-config-dir DIR    folder of their configuration: NN-name.conf or name.conf
  --plugin-config NN-name=FILE
                             configuration of one plugin given by --plugin, repeatable
  --socket PATH              let plugins connect from outside, to a socket at PATH
  --wait N                   how many of them to wait for (with --socket; default 1)
  --wait-timeout DURATION    for how long (default 10s)

What is played:
  --until EVENT              the last event, such as CreateContainer (default: the whole life)
  --update cpu=Q,memory=Q    update the running containers, such as cpu=500m,memory=256Mi
  --request-timeout DURATION
                             how long a plugin may take for a request (default 2s)
  --registration-timeout DURATION
                             how long a plugin may take to register (default 5s)
  --validator FILE           the default validator judges every creation: its options as YAML, TOML or JSON
  --policies FILE            failure policies, deadlines and required plugins: YAML, TOML or JSON
  --compat default|reference what to do where the Go reference loses data or fails open (default: what was asked for)

Result:
  -o, --output FORMAT        text: for people (default); diff: of the OCI spec; spec: the OCI spec as JSON;
                             yaml: the same as YAML; json: everything (docs/simulate.md)
  --json                     the same as -o json
  --container NAME           only this container in -o spec, yaml and diff
  --color auto|always|never  colours (default: on a terminal, unless NO_COLOR is set)
  -q, --quiet                do not show what plugins print

Exit code: 0 done; 1 a container was refused, plugins conflict, or a plugin died, hung or registered badly; 2 wrong use.

Example:
  nri simulate pod.yaml --plugin 10-fuse=./fuse.ts --plugin /opt/nri/plugins/20-limits -o diff
`;

const FORMATS: readonly string[] = ["text", "diff", "spec", "yaml", "json"] satisfies Format[];

/** Reads the arguments; undefined when help was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): SimulateOptions | undefined {
  const { values, positionals } = parse(args);
  return values.help === true ? undefined : simulateOptions("simulate", values, positionals);
}

/** Values of {@link OPTIONS}, checked. Throws UsageError. */
export function simulateOptions(
  command: string,
  values: ReturnType<typeof parse>["values"],
  positionals: readonly string[],
): SimulateOptions {
  if (positionals.length === 0) throw new UsageError(`no INPUT given; see nri ${command} --help`);
  const output = values.json === true ? "json" : (values.output ?? "text");
  if (values.json === true && values.output !== undefined && values.output !== "json") {
    throw new UsageError(`--json and -o ${values.output} exclude each other`);
  }
  if (values.socket === undefined && (values.wait !== undefined || values["wait-timeout"] !== undefined)) {
    throw new UsageError("--wait and --wait-timeout need --socket PATH");
  }
  if (values.policies !== undefined && values.compat === "reference")
    throw new UsageError("--policies and --compat reference exclude each other: the reference has no policies");
  const duration = (option: "request-timeout" | "registration-timeout" | "wait-timeout") =>
    values[option] === undefined ? undefined : parseDuration(values[option], `--${option}`);
  return {
    inputs: positionals,
    plugins: values.plugin ?? [],
    pluginDir: values["plugin-dir"],
    pluginConfigDir: values["plugin-config-dir"],
    pluginConfigs: pluginConfigs(values["plugin-config"] ?? []),
    socket: values.socket,
    wait: values.wait === undefined ? 1 : count("--wait", values.wait),
    waitTimeoutMs: duration("wait-timeout") ?? 10_000,
    until: values.until === undefined ? undefined : event(values.until),
    update: values.update === undefined ? undefined : readUpdate(values.update),
    container: values.container,
    requestTimeoutMs: duration("request-timeout"),
    registrationTimeoutMs: duration("registration-timeout"),
    validator: values.validator,
    policies: values.policies,
    compat: oneOf("--compat", values.compat ?? "default", ["default", "reference"]) as "default" | "reference",
    format: oneOf("-o", output, FORMATS) as Format,
    color: oneOf("--color", values.color ?? "auto", ["auto", "always", "never"]) as ColorMode,
    quiet: values.quiet ?? false,
  };
}

/** Their form, for `parseArgs`. */
export const OPTIONS = {
  plugin: { type: "string", multiple: true },
  "plugin-dir": { type: "string" },
  "plugin-config-dir": { type: "string" },
  "plugin-config": { type: "string", multiple: true },
  socket: { type: "string" },
  wait: { type: "string" },
  "wait-timeout": { type: "string" },
  until: { type: "string" },
  update: { type: "string" },
  container: { type: "string" },
  "request-timeout": { type: "string" },
  "registration-timeout": { type: "string" },
  validator: { type: "string" },
  policies: { type: "string" },
  compat: { type: "string" },
  output: { type: "string", short: "o" },
  json: { type: "boolean" },
  color: { type: "string" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      strict: true,
      options: OPTIONS,
    });
  } catch (error) {
    throw argumentProblem(error, "simulate", Object.keys(OPTIONS));
  }
}

/** The value if it is allowed. Throws UsageError for others. */
export function oneOf(option: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw new UsageError(`${option} "${value}": must be one of ${allowed.join(", ")}`);
}

function count(option: string, text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new UsageError(`${option} "${text}": must be a number from 1 to 999`);
  return Number(text);
}

function event(text: string): LifeEvent {
  try {
    return parseLifeEvent(text);
  } catch (error) {
    if (error instanceof TestingError) throw new UsageError(`--until: ${error.message}`);
    throw error;
  }
}

function pluginConfigs(given: readonly string[]): Map<string, string> {
  const configs = new Map<string, string>();
  for (const text of given) {
    const end = text.indexOf("=");
    if (end < 1 || end === text.length - 1) throw new UsageError(`--plugin-config "${text}": must be NN-name=FILE`);
    const name = text.slice(0, end);
    if (configs.has(name)) throw new UsageError(`--plugin-config: two files for ${name}`);
    configs.set(name, text.slice(end + 1));
  }
  return configs;
}

/** `cpu=500m,memory=256Mi` as kubelet would ask for it: shares, quota and period, memory limit. */
function readUpdate(text: string): Init<LinuxResources> {
  const quantities: { cpu?: bigint; memory?: bigint } = {};
  for (const part of text.split(",")) {
    const [key = "", value = ""] = part.split("=", 2);
    const scale = key === "cpu" ? 1000n : 1n;
    const quantity = parseQuantity(value, scale);
    if (
      (key !== "cpu" && key !== "memory") ||
      quantity === undefined ||
      quantity <= 0n ||
      quantities[key] !== undefined
    ) {
      throw new UsageError(`--update "${text}": must be cpu=QUANTITY,memory=QUANTITY, such as cpu=500m,memory=256Mi`);
    }
    quantities[key] = quantity;
  }
  return resourcesUpdate(quantities.cpu, quantities.memory);
}

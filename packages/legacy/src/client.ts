// The calling side: runs the configured plugins one after the other. Spec: v010 2.
import type { Spec } from "@nri/oci";
import { type ConfiguredPlugin, DEFAULT_CONF_DIR, DEFAULT_CONF_PATH, loadConfiguration } from "./configuration.js";
import { LegacyError } from "./errors.js";
import { checkedLimits, type LegacyLimits } from "./limits.js";
import { DEFAULT_BIN_DIR, findProgram, type SearchPath } from "./program.js";
import { printRequest, type Sandbox, type Subject, type Task } from "./request.js";
import { parseResult } from "./result.js";
import { runProgram } from "./run.js";
import { type LegacyResult, STATES, type State } from "./types.js";

/** What programs find in their PATH, besides the plugin directory, when nothing else is said. */
const STANDARD_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Options of `createClient`. */
export interface ClientOptions {
  /** The configuration file; default `/etc/nri/conf.json`. */
  readonly confPath?: string | undefined;
  /** Directory of `*.conf` files, read when there is no such file; default `/etc/nri/resource.d`. */
  readonly confDir?: string | undefined;
  /** Directory of the programs; default `/opt/nri/bin`. */
  readonly binDir?: string | undefined;
  /**
   * `reference`: as the Go client. Programs are searched in this process's PATH first, they get all of its environment,
   * and `confDir` is not read. See docs/deviations.md.
   */
  readonly compat?: "default" | "reference" | undefined;
  /** The programs' whole environment; default: a PATH of the system's folders and `binDir`, nothing else. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Where the programs' stderr goes: to this process's (default), or nowhere. */
  readonly stderr?: "inherit" | "ignore" | undefined;
  /** Maxima; what is left out has its default. */
  readonly limits?: Partial<LegacyLimits> | undefined;
}

const OPTION_NAMES: { readonly [Name in keyof Required<ClientOptions>]: true } = {
  confPath: true,
  confDir: true,
  binDir: true,
  compat: true,
  env: true,
  stderr: true,
  limits: true,
};

/** How one invocation is done. */
export interface InvokeOptions {
  /** The pod; absent for a container without one. Its id is the task's own when the task is a pod. */
  readonly sandbox?: Sandbox | undefined;
  /** Ends the chain when it is aborted: the running program is killed with what it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** Calls v0.1.0 plugins. */
export interface Client {
  /** Types of the configured plugins, in the order in which they are called. */
  readonly plugins: readonly string[];
  /**
   * Calls the plugins one after the other, each with the results of those before it, and gives all results; none without
   * plugins. The first failure ends the chain, with an error of the form `plugin: TYPE: why`; what plugins before it have
   * done is not undone.
   */
  invoke(task: Task, state: State, options?: InvokeOptions): Promise<readonly LegacyResult[]>;
}

/** Reads the configuration, once, and gives a client for its plugins. Throws `config` or `invalid-option`. */
export async function createClient(options: ClientOptions = {}): Promise<Client> {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(OPTION_NAMES, name)) throw new LegacyError("invalid-option", `${name}: there is no such option`);
  }
  const { compat = "default", stderr = "inherit", confDir = DEFAULT_CONF_DIR } = options;
  if (compat !== "default" && compat !== "reference")
    throw new LegacyError("invalid-option", `compat: expected default or reference, got ${JSON.stringify(compat)}`);
  if (stderr !== "inherit" && stderr !== "ignore")
    throw new LegacyError("invalid-option", `stderr: expected inherit or ignore, got ${JSON.stringify(stderr)}`);
  const limits = checkedLimits(options.limits);
  const places = {
    confPath: options.confPath ?? DEFAULT_CONF_PATH,
    confDir: compat === "reference" ? undefined : confDir,
  };
  const plugins = await loadConfiguration(places, limits);
  const surroundings = { ...surroundingsOf(options), stderr, limits };
  return {
    plugins: plugins.map(({ type }) => type),
    invoke: async (task, state, { sandbox, signal } = {}) => {
      if (!STATES.includes(state))
        throw new LegacyError("invalid-option", `state: expected one of ${STATES.join(", ")}, got "${state}"`);
      if (plugins.length === 0) return [];
      const spec: Spec = typeof task.spec === "function" ? await task.spec() : task.spec;
      return await invokeAll(plugins, { task, spec, state, sandbox }, surroundings, signal);
    },
  };
}

/** What all programs of a client have in common. */
interface Surroundings {
  readonly search: SearchPath;
  readonly env: Readonly<Record<string, string>>;
  readonly stderr: "inherit" | "ignore";
  readonly limits: LegacyLimits;
}

function surroundingsOf({
  binDir = DEFAULT_BIN_DIR,
  compat,
  env,
}: ClientOptions): Pick<Surroundings, "search" | "env"> {
  if (compat !== "reference") {
    return { search: { dir: binDir }, env: env ?? { PATH: `${STANDARD_PATH}:${binDir}` } };
  }
  const path = `${process.env.PATH ?? ""}:${binDir}`;
  const whole = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { search: { path }, env: env ?? { ...Object.fromEntries(whole), PATH: path } };
}

async function invokeAll(
  plugins: readonly ConfiguredPlugin[],
  subject: Subject,
  surroundings: Surroundings,
  signal: AbortSignal | undefined,
): Promise<readonly LegacyResult[]> {
  const results: LegacyResult[] = [];
  for (const plugin of plugins) {
    try {
      results.push(await invokeOne(plugin, subject, results, surroundings, signal));
    } catch (cause) {
      if (!(cause instanceof LegacyError)) throw cause; // a spec that is no JSON
      throw new LegacyError(cause.code, `plugin: ${plugin.type}: ${cause.message}`, { plugin: plugin.type, cause });
    }
  }
  return results;
}

async function invokeOne(
  plugin: ConfiguredPlugin,
  subject: Subject,
  results: readonly LegacyResult[],
  { search, env, stderr, limits }: Surroundings,
  signal: AbortSignal | undefined,
): Promise<LegacyResult> {
  const { type } = plugin;
  const stdin = printRequest(subject, plugin, results);
  const file = await findProgram(type, search);
  const about = `${subject.state} of ${subject.task.id}`;
  const { output, exitCode } = await runProgram(
    { type, file, args: ["invoke"], env, stderr, stdin, about, signal },
    limits,
  );
  const result = parseResult(output, exitCode);
  if (result.error !== "") throw new LegacyError("refused", result.error, { plugin: type });
  return result;
}

// What a fake node is made with, checked at the door.
import type { AdaptationOptions } from "@nri/adaptation";
import type { ValidatorOptions } from "@nri/adaptation/validator";
import type { ApplyOptions } from "@nri/oci";
import type { Plugin } from "@nri/plugin";
import { TestingError } from "../errors.js";

/** Who a plugin is on the node, and its configuration. */
export interface PluginSettings {
  /** Two digits; goes before the plugin's own. Plugins without any get 10, 11, ... in the order given. */
  readonly index?: string | undefined;
  /** Name without the index; goes before the plugin's own. */
  readonly name?: string | undefined;
  /** The text of its configuration file, which it gets with Configure. */
  readonly config?: string | undefined;
}

/** A plugin that runs in the test's own process. */
export interface InProcessPlugin extends PluginSettings {
  /** What `definePlugin` gives. */
  readonly plugin: Plugin;
  /** Environment that it sees; empty when absent. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** A plugin in a process of its own, launched as a runtime does it. Its file may be in any language. */
export interface ProgramPlugin extends PluginSettings {
  /** Path of an executable, or of a .js, .mjs or .cjs file, which is run by the Node that runs the test. `NN-name` is its identity. */
  readonly program: string | URL;
  /** Its arguments. */
  readonly args?: readonly string[] | undefined;
  /** A program is no `definePlugin` object, and its environment is what a runtime gives. */
  readonly plugin?: never;
  /** See `plugin`. */
  readonly environment?: never;
}

/** A plugin of a fake node: what `definePlugin` gives, the same with settings, or a program. */
export type PluginInput = Plugin | InProcessPlugin | ProgramPlugin;

/** What `fakeNode` takes; everything may be left out. Some options are those of the runtime side. */
export interface FakeNodeOptions
  extends Partial<
    Pick<
      AdaptationOptions,
      | "runtime"
      | "builtins"
      | "policies"
      | "registrationTimeoutMs"
      | "requestTimeoutMs"
      | "compat"
      | "limits"
      | "restart"
    >
  > {
  /** The plugins of the node. */
  readonly plugins?: readonly PluginInput[] | undefined;
  /** Configuration of the default validator; there is none when absent. */
  readonly validator?: ValidatorOptions | undefined;
  /** How CDI devices and classes get into specs. Without it they do not: a fake node has neither. */
  readonly apply?: Omit<ApplyOptions, "compat"> | undefined;
}

const OPTIONS: { readonly [Name in keyof Required<FakeNodeOptions>]: true } = {
  plugins: true,
  validator: true,
  apply: true,
  runtime: true,
  builtins: true,
  policies: true,
  registrationTimeoutMs: true,
  requestTimeoutMs: true,
  compat: true,
  limits: true,
  restart: true,
};

/** Refuses (`invalid-option`) options that do not exist, and plugins that are none. */
export function checkOptions(options: FakeNodeOptions): void {
  const wrong = Object.keys(options).find((key) => !Object.hasOwn(OPTIONS, key));
  if (wrong !== undefined) {
    const known = Object.keys(OPTIONS).join(", ");
    throw new TestingError("invalid-option", `fakeNode: unknown option ${wrong}; known are ${known}`);
  }
  for (const [place, input] of (options.plugins ?? []).entries()) checkPlugin(input, `plugins[${place}]`);
}

/** Refuses (`invalid-option`) what is no plugin. */
export function checkPlugin(input: PluginInput, where: string): void {
  const given: unknown = input;
  const fine =
    typeof given === "object" &&
    given !== null &&
    ("program" in given
      ? typeof given.program === "string" || given.program instanceof URL
      : isPlugin("plugin" in given ? given.plugin : given));
  if (fine) return;
  const text = "give what definePlugin() returns, { plugin, ...settings } or { program: FILE, ...settings }";
  throw new TestingError("invalid-option", `fakeNode: ${where} is no plugin: ${text}`);
}

/** Whether a value is what `definePlugin` gives. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === "object" && value !== null && "start" in value && typeof value.start === "function";
}

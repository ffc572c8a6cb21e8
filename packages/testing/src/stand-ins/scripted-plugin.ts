// A plugin that answers from a script and records what it is asked: on our SDK, for tests of any runtime.
import {
  adjustment,
  type CreateContainerAnswer,
  type PluginDefinition,
  type UpdateInput,
  type UpdateOptions,
} from "@nri/plugin";
import {
  ConfigureRequest,
  Container,
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type Init,
  LinuxResources,
  type MessageType,
  PodSandbox,
  parseEventMask,
  SynchronizeRequest,
  UpdateContainersResponse,
  VALID_EVENTS,
  ValidateContainerAdjustmentRequest,
} from "@nri/protocol";
import { fromJson, type JsonValue, toJson } from "@nri/protocol/json";
import { StatusError } from "@nri/ttrpc";
import { asError } from "../errors.js";
import type { AnswersByName, PluginScript, ScriptAnswer } from "./script.js";

/**
 * What the plugin does: `noop` nothing, `adjust` gives each container an annotation, two variables, a mount, a device and
 * a resource, `events-only` leaves out the events that can be answered, `scripted` as the script says.
 */
export type StandInMode = "noop" | "adjust" | "events-only" | "scripted";

/** What a scripted plugin is made of. */
export interface ScriptedPluginOptions {
  /** Two digits. */
  readonly index: string;
  /** Name without the index. */
  readonly name: string;
  /** What it does. `scripted` by default. */
  readonly mode?: StandInMode | undefined;
  /** What it answers. CreateContainer and Configure only in mode `scripted`, all others in every mode, as the Go program. */
  readonly script?: PluginScript | undefined;
  /** Mask of events to subscribe to. By default all but validation, or those of the mode. */
  readonly events?: number | undefined;
  /** Mode `adjust`: set cpu shares in place of a key of `unified`, so that two such plugins are in conflict. */
  readonly shares?: boolean | undefined;
  /** How many requests it takes at once; see `concurrency` of `definePlugin`. */
  readonly concurrency?: number | undefined;
  /** Gets every call as it comes, and the results of unsolicited updates. */
  readonly record?: ((method: string, args: readonly JsonValue[]) => void) | undefined;
  /** Leaves the process. `process.exit` by default. */
  readonly exit?: ((status: number) => void) | undefined;
}

const ANSWERED = ["createContainer", "updateContainer", "stopContainer", "updatePodSandbox"] as const;
const VALIDATION = EVENTS.validateContainerAdjustment.mask;

/** The events that a plugin of this mode subscribes to when nothing else is said. */
export function standInEvents(mode: StandInMode): number {
  const all = VALID_EVENTS & ~VALIDATION;
  return mode === "events-only" ? ANSWERED.reduce((mask, name) => mask & ~EVENTS[name].mask, all) : all;
}

/** The parts that a request can have. */
interface Call {
  readonly pod: PodSandbox;
  readonly container: Container;
  readonly linuxResources?: LinuxResources | undefined;
  readonly overheadLinuxResources?: LinuxResources | undefined;
}

interface Updater {
  updateContainers(updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]>;
}

/** The plugin, for `definePlugin`. */
export function scriptedPlugin(options: ScriptedPluginOptions): PluginDefinition {
  const { index, name, mode = "scripted", script = {}, record } = options;
  const subscribed = options.events ?? standInEvents(mode);
  let synchronized = false;
  const note = (method: string, args: () => readonly JsonValue[]): void => record?.(method, args());
  const answer = (scripted: ScriptAnswer | undefined) => answerOf(scripted, options.exit ?? process.exit);
  const event = (event: EventName, call: Call): unknown => {
    const { name: method, subject } = EVENTS[event];
    note(method, () => eventArgs(event, call));
    if (event === "createContainer" && mode === "adjust") return { adjust: standardAdjustment(options) };
    const answers = answersTo(event, script, mode);
    return answers === undefined
      ? undefined
      : answer(pick(answers, (subject === "pod" ? call.pod : call.container).name));
  };
  const synchronize: PluginDefinition["synchronize"] = (call) => {
    const { pods, containers } = call;
    note("Synchronize", () => [json(SynchronizeRequest, { pods, containers })]);
    if (!synchronized) {
      synchronized = true;
      for (const { afterMs = 0, ...updates } of script.unsolicited ?? []) {
        setTimeout(() => void sendUpdates(call, updates, note), afterMs).unref();
      }
    }
    return answer(script.sync);
  };
  return {
    index,
    name,
    concurrency: options.concurrency,
    failurePolicy: mode === "scripted" ? script.configure?.failurePolicy : undefined,
    ...Object.fromEntries(EVENT_NAMES.map((one) => [one, (call: Call) => event(one, call)])),
    validateContainerAdjustment: async (call) => {
      const { pod, container, adjust, update, owners, plugins } = call;
      note("ValidateContainerAdjustment", () => [
        json(ValidateContainerAdjustmentRequest, { pod, container, adjust, update, owners, plugins }),
      ]);
      try {
        await answer(pick(script.validate ?? {}, container.name));
        return undefined;
      } catch (error) {
        // A status is text here, as Go prints it.
        return asError(error).message;
      }
    },
    configure: ({ config, runtimeName, runtimeVersion }) => {
      note("Configure", () => [json(ConfigureRequest, { config, runtimeName, runtimeVersion })]);
      if (mode === "scripted" && script.configure !== undefined) {
        const { error = "", events = [] } = script.configure;
        if (error !== "") throw new Error(error);
        if (events.length > 0) return parseEventMask(...events);
      }
      return subscribed;
    },
    // Without anybody who looks at it there is no handler, as a plugin without one would be measured.
    ...(record === undefined && script.sync === undefined && script.unsolicited === undefined ? {} : { synchronize }),
    shutdown: () => note("Shutdown", () => []),
  };
}

function pick(answers: AnswersByName, name: string): ScriptAnswer | undefined {
  if (Object.hasOwn(answers, name)) return answers[name];
  return Object.hasOwn(answers, "*") ? answers["*"] : undefined;
}

function answersTo(event: EventName, script: PluginScript, mode: StandInMode): AnswersByName | undefined {
  switch (event) {
    case "createContainer":
      return mode === "scripted" ? script.create : undefined;
    case "updateContainer":
      return script.update;
    case "stopContainer":
      return script.stop;
    default: {
      const method = EVENTS[event].name;
      return script.events !== undefined && Object.hasOwn(script.events, method) ? script.events[method] : undefined;
    }
  }
}

function eventArgs(event: EventName, call: Call): JsonValue[] {
  const args = [json(PodSandbox, call.pod)];
  if (EVENTS[event].subject === "container") args.push(json(Container, call.container));
  if (event === "updatePodSandbox") args.push(json(LinuxResources, call.overheadLinuxResources ?? {}));
  if (event === "updatePodSandbox" || event === "updateContainer")
    args.push(json(LinuxResources, call.linuxResources ?? {}));
  return args;
}

function json<T extends object>(type: MessageType<T>, value: Init<T>): JsonValue {
  return toJson(type, value);
}

/** What a handler returns; at once where the script has no delay, which saves the runtime a wake-up. */
function answerOf(
  scripted: ScriptAnswer | undefined,
  exit: (status: number) => void,
): CreateContainerAnswer | undefined | Promise<CreateContainerAnswer | undefined> {
  if (scripted === undefined) return undefined;
  const { delayMs = 0 } = scripted;
  if (delayMs <= 0) return answerNow(scripted, exit);
  // A delay does not keep a process whose connection is gone.
  return new Promise((resolve) => setTimeout(resolve, delayMs).unref()).then(() => answerNow(scripted, exit));
}

function answerNow(scripted: ScriptAnswer, exit: (status: number) => void): CreateContainerAnswer {
  keepBusy(scripted.busyMs ?? 0);
  if (scripted.exit) exit(scripted.exit);
  const adjust =
    scripted.adjust === undefined ? {} : { adjust: decode(ContainerAdjustment, "adjust", scripted.adjust) };
  const updates = scripted.update === undefined ? {} : { updates: decodeUpdates(scripted.update) };
  const evict = scripted.evict === undefined ? {} : { evict: decodeEvictions(scripted.evict) };
  const { error = "", code = 0 } = scripted;
  if (error !== "") throw code === 0 ? new Error(error) : new StatusError(code, error);
  return { ...adjust, ...updates, ...evict };
}

function keepBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

function decode<T>(type: MessageType<T>, what: string, value: JsonValue): T {
  try {
    return fromJson(type, value);
  } catch (error) {
    throw new Error(`script: ${what}: ${asError(error).message}`);
  }
}

function decodeUpdates(updates: readonly JsonValue[]): ContainerUpdate[] {
  return updates.map((update) => decode(ContainerUpdate, "update", update));
}

function decodeEvictions(evictions: readonly JsonValue[]): ContainerEviction[] {
  return evictions.map((eviction) => decode(ContainerEviction, "evict", eviction));
}

async function sendUpdates(
  call: Updater,
  { update = [], evict = [] }: { readonly update?: readonly JsonValue[]; readonly evict?: readonly JsonValue[] },
  note: (method: string, args: () => readonly JsonValue[]) => void,
): Promise<void> {
  let failed: ContainerUpdate[] = [];
  let problem: Error | undefined;
  try {
    failed = await call.updateContainers(decodeUpdates(update), { evict: decodeEvictions(evict) });
  } catch (error) {
    problem = asError(error);
  }
  note("UpdateContainers:result", () => [json(UpdateContainersResponse, { failed })]);
  if (problem !== undefined) note("UpdateContainers:error", () => [{ msg: problem.message }]);
}

/** The same for every container, distinct for every plugin. */
function standardAdjustment({ index, name, shares }: ScriptedPluginOptions) {
  const changes = adjustment()
    .annotation(`refplugin.example/${index}`, `adjusted-by-${name}`)
    .env(`REFPLUGIN_${index}_A`, "value-a")
    .env(`REFPLUGIN_${index}_B`, "value-b")
    .mount({
      destination: `/run/refplugin/${index}`,
      type: "bind",
      source: `/var/lib/refplugin/${index}`,
      options: ["rbind", "ro"],
    })
    .device({ path: `/dev/refplugin${index}`, type: "c", major: 10n, minor: 200n, fileMode: 0o600, uid: 0, gid: 0 });
  return shares ? changes.cpu({ shares: 512n }) : changes.unified(`refplugin.${index}`, "1");
}

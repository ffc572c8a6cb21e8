// The plugin's ttRPC methods: bytes to handler call to bytes. A handler that answers at once is answered in the same tick.
import {
  ConfigureRequest,
  ConfigureResponse,
  type Container,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type EventRow,
  type PodSandbox,
  StateChangeEvent,
  SynchronizeRequest,
  SynchronizeResponse,
  ValidateContainerAdjustmentResponse,
} from "@nri/protocol";
import { decodePayload } from "@nri/ttrpc";
import { emptyAnswer, encodeAnswer, rejection, verdict } from "./answers.js";
import { fillParts, handlerCall, type RpcCall, type SessionContext } from "./context.js";
import type { PluginDefinition } from "./handlers.js";
import { callsOf } from "./later-call.js";
import type { SyncCollection } from "./synchronize.js";

/** One ttRPC method. */
export type Method = (payload: Uint8Array, call: RpcCall) => Uint8Array | Promise<Uint8Array>;

/** What the session does around the handlers. */
export interface SessionHooks extends SessionContext {
  readonly sync: SyncCollection;
  /** Handles Configure and resolves with the mask. */
  configure(request: ConfigureRequest, call: RpcCall): number | Promise<number>;
  /** Notes that the runtime has announced the end. */
  shutdown(): void;
  /** Counts a call. */
  called(): void;
  /** Counts a call that is answered with an error. */
  failed(method: string, error: unknown): void;
  /** The runtime has let the plugin in: it is synchronised, or gets events. Repeatable. */
  activate(): void;
}

/** The answer to each part of the state but the last. */
const MORE_EXPECTED = SynchronizeResponse.encode({ more: true });

/** All methods of service Plugin. A missing handler is an empty success; spec: stub 2. */
export function pluginMethods(definition: PluginDefinition, session: SessionHooks): Record<string, Method> {
  const methods: Record<string, Method> = {
    Configure: configureMethod(definition, session),
    Synchronize: synchronizeMethod(definition, session),
    Shutdown: shutdownMethod(definition, session),
    StateChange: stateChangeMethod(definition, session),
  };
  for (const name of EVENT_NAMES) methods[EVENTS[name].name] = eventMethod(name, definition, session);
  return methods;
}

type UntypedHandler = (call: never) => unknown;

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

/** Runs `work` and turns its result, now or later, into bytes; errors become `failed`'s bytes or exception. */
function settle(
  work: () => unknown,
  encode: (result: unknown) => Uint8Array,
  failed: (error: unknown) => Uint8Array,
): Uint8Array | Promise<Uint8Array> {
  try {
    const result = work();
    if (!isPromise(result)) return encode(result);
    return Promise.resolve(result).then(encode).catch(failed);
  } catch (error) {
    return failed(error);
  }
}

/** Counts the error and throws it on: ttRPC turns it into a status; spec: transport 3.5. */
function failing(session: SessionHooks, method: string): (error: unknown) => never {
  return (error) => {
    session.failed(method, error);
    throw error;
  };
}

/** Fields of an event's request that handlers may rely on. */
function partsOf(name: EventName): readonly string[] {
  if (name === "validateContainerAdjustment") return ["pod", "container", "adjust", "owners"];
  return EVENTS[name].subject === "pod" ? ["pod"] : ["pod", "container"];
}

/** Parts that the answer to an event can have. */
function answersOf(name: EventName): readonly ("adjust" | "updates" | "evict")[] {
  if (name === "updateContainer") return ["updates", "evict"];
  const { answer } = EVENTS[name];
  if (answer === "adjustment") return ["adjust", "updates", "evict"];
  return answer === "updates" ? ["updates"] : [];
}

/** What a handler's argument can have for the cache. */
type Subjects = { readonly pod?: PodSandbox | undefined; readonly container?: Container | undefined };

/** Calls `handler` when there is one; the cache hears of everything before, of removals after. */
function handle(
  name: EventName,
  handler: UntypedHandler | undefined,
  definition: PluginDefinition,
  argument: object,
): unknown {
  const { track } = definition;
  if (track === undefined) return handler?.call(definition, argument as never);
  const { pod, container }: Subjects = argument;
  const removal = name === "removePodSandbox" || name === "removeContainer";
  if (!removal) track.note(name, pod, container);
  try {
    return handler?.call(definition, argument as never);
  } finally {
    if (removal) track.note(name, pod, container);
  }
}

function eventMethod(name: EventName, definition: PluginDefinition, session: SessionHooks): Method {
  const handler: UntypedHandler | undefined = definition[name];
  if (handler === undefined && definition.track === undefined) return emptyAnswer;
  const row: EventRow<object> = EVENTS[name];
  const argumentOf = callsOf(session, row.request, partsOf(name));
  const allowed = answersOf(name);
  const validates = row.answer === "verdict";
  const encode = validates
    ? (result: unknown) => ValidateContainerAdjustmentResponse.encode(verdict(result))
    : (result: unknown) => encodeAnswer(row.name, allowed, row.response, result);
  const failed = validates
    ? (error: unknown) => ValidateContainerAdjustmentResponse.encode(rejection(error))
    : failing(session, row.name);
  return (payload, call) => {
    session.called();
    session.activate();
    const argument = argumentOf(payload, call);
    return settle(() => handle(name, handler, definition, argument), encode, failed);
  };
}

/** Old runtimes send most events by this one call; spec: stub 2. Those without an answer of their own reach the handler. */
function stateChangeMethod(definition: PluginDefinition, session: SessionHooks): Method {
  return (payload, call) => {
    session.called();
    session.activate();
    const { event, pod, container } = decodePayload(StateChangeEvent, payload);
    const name = EVENT_NAMES.find((candidate) => EVENTS[candidate].event === event);
    if (name === undefined || !EVENTS[name].stateChange) return emptyAnswer();
    const handler: UntypedHandler | undefined = definition[name];
    if (handler === undefined && definition.track === undefined) return emptyAnswer();
    const request = fillParts(EVENTS[name].subject === "pod" ? { pod } : { pod, container }, partsOf(name));
    const argument = handlerCall(session, call, request);
    const encode = (result: unknown) => encodeAnswer(EVENTS[name].name, [], EVENTS[name].response, result);
    return settle(() => handle(name, handler, definition, argument), encode, failing(session, EVENTS[name].name));
  };
}

function configureMethod({ failurePolicy }: PluginDefinition, session: SessionHooks): Method {
  return (payload, call) => {
    session.called();
    const request = decodePayload(ConfigureRequest, payload);
    return settle(
      () => session.configure(request, call),
      (events) => ConfigureResponse.encode({ events: events as number, failurePolicy }),
      failing(session, "Configure"),
    );
  };
}

function synchronizeMethod(definition: PluginDefinition, session: SessionHooks): Method {
  const { synchronize, track } = definition;
  const encode = (result: unknown): Uint8Array => {
    const answer = encodeAnswer("Synchronize", ["updates"], SynchronizeResponse, result);
    session.activate();
    return answer;
  };
  const failed = failing(session, "Synchronize");
  if (synchronize === undefined && track === undefined) {
    // Nobody reads the state: thousands of objects are passed over, not made.
    return (payload) => {
      session.called();
      const more = SynchronizeRequest.later(payload)?.take("more") ?? decodePayload(SynchronizeRequest, payload).more;
      return more ? MORE_EXPECTED : encode(undefined);
    };
  }
  return (payload, call) => {
    session.called();
    const request = decodePayload(SynchronizeRequest, payload);
    return settle(
      () => {
        const all = session.sync.add(request, payload.byteLength);
        if (all === undefined) return undefined;
        track?.replace(all.pods, all.containers);
        return synchronize?.call(definition, handlerCall(session, call, all));
      },
      (result) => (request.more ? MORE_EXPECTED : encode(result)),
      failed,
    );
  };
}

function shutdownMethod(definition: PluginDefinition, session: SessionHooks): Method {
  return (_payload, call) => {
    session.called();
    session.shutdown();
    const handler = definition.shutdown;
    if (handler === undefined) return emptyAnswer();
    const failed = failing(session, "Shutdown");
    return settle(() => handler.call(definition, handlerCall(session, call, {})), emptyAnswer, failed);
  };
}

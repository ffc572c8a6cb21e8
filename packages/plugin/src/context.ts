// The one argument of a handler: the fields of its request, and the context by way of the prototype.
import {
  Container,
  ContainerAdjustment,
  type ContainerUpdate,
  OwningPlugins,
  type PluginIdentity,
  PodSandbox,
} from "@nri/protocol";
import type { HandlerContext } from "./handlers.js";
import type { Logger } from "./log.js";
import type { UpdateInput, UpdateOptions } from "./update-options.js";

/** What a session lends to every call. */
export interface SessionContext {
  readonly log: Logger;
  readonly plugin: PluginIdentity;
  /** The plugin's configuration at this moment. */
  readonly configuration: unknown;
  updateContainers(updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]>;
}

/** What ttRPC knows of a call. Its signal may be made on first use, so it is only touched when the handler asks. */
export interface RpcCall {
  readonly signal: AbortSignal;
}

/** The context of a call. */
export class Call implements HandlerContext<unknown> {
  readonly #session: SessionContext;
  readonly #call: RpcCall;

  constructor(session: SessionContext, call: RpcCall) {
    this.#session = session;
    this.#call = call;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }
  get log(): Logger {
    return this.#session.log;
  }
  get plugin(): PluginIdentity {
    return this.#session.plugin;
  }
  get configuration(): unknown {
    return this.#session.configuration;
  }
  /** Can be taken out of the argument by destructuring. */
  get updateContainers(): HandlerContext["updateContainers"] {
    return this.#session.updateContainers;
  }
}

/** Makes the argument of one call. `request` is shared, not copied deeply. */
export function handlerCall<Fields extends object>(
  session: SessionContext,
  call: RpcCall,
  request: Fields,
): Fields & HandlerContext {
  // Of which type the configuration is, the definition has settled.
  return Object.assign(new Call(session, call) as unknown as HandlerContext, request);
}

/** Stand-ins for parts of requests that a runtime should have sent, by field name. */
export const STAND_INS: Readonly<Record<string, () => unknown>> = {
  pod: () => PodSandbox.create(),
  container: () => Container.create(),
  adjust: () => ContainerAdjustment.create(),
  owners: () => OwningPlugins.create(),
};

/** `request` with an empty part wherever one is missing that every handler may rely on. Changes `request`. */
export function fillParts<Request extends object>(request: Request, parts: readonly string[]): Request {
  const fields = request as Record<string, unknown>;
  for (const part of parts) {
    if (fields[part] === undefined) fields[part] = STAND_INS[part]?.();
  }
  return request;
}

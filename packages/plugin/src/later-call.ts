// The argument of a handler whose request is decoded as the handler reads it: what it does not read costs nothing.
import type { Later, MessageType } from "@nri/protocol";
import { decodePayload } from "@nri/ttrpc";
import { Call, fillParts, handlerCall, type RpcCall, type SessionContext, STAND_INS } from "./context.js";

/** What `node:util` calls `inspect.custom`, which is loaded by those who print. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The argument of a call whose request is decoded as the handler reads it. */
class LaterCall extends Call {
  readonly #request: Later<object>;
  /** Fields that are something else than in the request: stand-ins, and what the handler has put there. */
  #replaced: Record<string, unknown> | undefined;

  constructor(session: SessionContext, call: RpcCall, request: Later<object>, fields: PropertyDescriptorMap) {
    super(session, call);
    this.#request = request;
    Object.defineProperties(this, fields);
  }

  /**
   * Fields of such arguments: their own and enumerable, as those of any object, so that they can be copied, compared and
   * listed. The functions are the same for all arguments: with its own each would be costly to make.
   */
  static fields(names: readonly string[], parts: readonly string[]): PropertyDescriptorMap {
    const field = (name: string): PropertyDescriptor => {
      const standIn = parts.includes(name) ? STAND_INS[name] : undefined;
      return {
        get(this: LaterCall): unknown {
          const replaced = this.#replaced;
          if (replaced !== undefined && Object.hasOwn(replaced, name)) return replaced[name];
          const value: unknown = this.#request.take(name as never);
          return value === undefined && standIn !== undefined ? this.#replace(name, standIn()) : value;
        },
        set(this: LaterCall, value: unknown): void {
          this.#replace(name, value);
        },
        enumerable: true,
        configurable: true,
      };
    };
    return Object.fromEntries(names.map((name) => [name, field(name)]));
  }

  #replace(name: string, value: unknown): unknown {
    this.#replaced ??= {};
    this.#replaced[name] = value;
    return value;
  }

  /** `console.log` shows what is in it, too. */
  [INSPECT](_depth: number, options: object, show: (value: unknown, options: object) => string): string {
    return `Call ${show({ ...this }, options)}`;
  }
}

/** Makes arguments of calls from the bytes of `request`; what is the same for all of them is made once. */
export function callsOf(
  session: SessionContext,
  request: MessageType<object>,
  parts: readonly string[],
): (payload: Uint8Array, call: RpcCall) => object {
  const fields = LaterCall.fields(Object.keys(request.create()), parts);
  return (payload, call) => {
    const later = request.later(payload);
    return later === undefined
      ? handlerCall(session, call, fillParts(decodePayload(request, payload), parts))
      : new LaterCall(session, call, later, fields);
  };
}

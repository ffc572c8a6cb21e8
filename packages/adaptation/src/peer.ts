// What the relay needs of a plugin, whatever it is made of, and the request it is asked.
import type { Container, EventName, EventRow, Init } from "@nri/protocol";
import { AdaptationError, errorText } from "./errors.js";
import type { PluginRecord } from "./plugin-record.js";

/** A plugin that can be asked. A ttRPC connection is one. */
export interface PluginPeer {
  readonly record: PluginRecord;
  /**
   * Asks the plugin and waits for its answer: the decoded response, or undefined when the answer has no content.
   * Rejects with an `AdaptationError`; `failureKind` tells what that means. `timeoutMs` is its deadline when that is not
   * the usual one.
   */
  request(
    request: RelayedRequest,
    signal: AbortSignal | undefined,
    timeoutMs?: number | undefined,
  ): Promise<object | undefined>;
  /** Names of plugins (`10-foo`, `foo`) that must answer this request, besides those that the configuration requires. */
  required?(event: EventName, message: Init<unknown>): readonly string[];
  /** Asks the plugin to end in order. Resolves with its answer or at its time-out, with what went wrong; never rejects. */
  shutdown(): Promise<Error | undefined>;
  /** Gives the plugin up. Idempotent; the first reason holds. */
  close(reason: Error | undefined): void;
}

/** What a validation in the same process is told besides the message. */
export interface ValidationView {
  /** The container as all plugins together have adjusted it. */
  readonly effective: Init<Container>;
  /** Display names of the plugins that answered this request; one that is not subscribed to it counts. */
  readonly answered: readonly string[];
}

/** A request on its way through the plugins: encoded at most once for each state of the message. */
export class RelayedRequest {
  readonly row: EventRow;
  /** Number of the request in this adaptation. */
  readonly sequence: number;
  /** Only for a validation. */
  readonly validation: ValidationView | undefined;
  /** What the caller gave with it, for the observer. */
  readonly context: unknown;
  #message: Init<unknown>;
  #payload: Uint8Array | undefined;

  constructor(
    row: EventRow,
    message: Init<unknown>,
    sequence: number,
    { validation, context }: { readonly validation?: ValidationView; readonly context?: unknown } = {},
  ) {
    this.row = row;
    this.#message = message;
    this.sequence = sequence;
    this.validation = validation;
    this.context = context;
  }

  get message(): Init<unknown> {
    return this.#message;
  }

  /** The message has changed: the next plugin gets it encoded anew. */
  change(message: Init<unknown>): void {
    this.#message = message;
    this.#payload = undefined;
  }

  /** The message encoded. Shared by all plugins that see the same state: read only. */
  get payload(): Uint8Array {
    this.#payload ??= made(this.row, () => this.row.request.encode(this.#message));
    return this.#payload;
  }

  /** The message, complete, for one that may change it. */
  copy(): unknown {
    return made(this.row, () => this.row.request.create(this.#message));
  }
}

/** What does not fit its field is the caller's mistake, not the plugin's. */
function made<T>(row: EventRow, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const text = `${row.name}: the request cannot be encoded: ${errorText(error)}`;
    throw new AdaptationError("invalid-request", text, { request: row.name, cause: error });
  }
}

// One request to all plugins in order: the only loop. What an event may be answered with is in its row of the table.
import { EVENTS, type EventName, type EventRequest, type EventResponse, type EventRow, type Init } from "@nri/protocol";
import { abortError, callerSignal, type RequestOptions } from "./caller-signal.js";
import { type Collector, collectorFor } from "./collect.js";
import { type AdaptationError, asError, errorText } from "./errors.js";
import { isFatal } from "./failure.js";
import type { Compat } from "./merge/index.js";
import { type CallOutcome, observeCall } from "./observe.js";
import type { Logger, Observer } from "./observer.js";
import { type PluginPeer, RelayedRequest } from "./peer.js";
import type { RequestQueue } from "./request-queue.js";
import type { Roster } from "./roster.js";
import { validate, validatorsAmong } from "./validate.js";

/** What the relay shares with its adaptation. */
export interface RelayOptions {
  readonly compat: Compat;
  readonly queue: RequestQueue;
  readonly roster: Roster;
  readonly observer: Observer;
  readonly log: Logger;
}

const NOBODY: readonly PluginPeer[] = [];

/** Asks the plugins. */
export class Relay {
  readonly #options: RelayOptions;
  #sequence = 0;
  #refusal: AdaptationError | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** From now on requests are refused with `error`, also those that wait. */
  refuse(error: AdaptationError): void {
    this.#refusal = error;
  }

  /**
   * Asks every plugin that is subscribed to the event, one after the other, and joins their answers.
   *
   * A plugin that is lost on the way (its time-out, its connection, a broken protocol) is closed, and counts as one that
   * answered nothing. Everything else that goes wrong fails the request at once: what a plugin answered as an error, with
   * its text unchanged (`request-failed`); a `conflict`; a validator's verdict.
   */
  async relay<Name extends EventName>(
    name: Name,
    message: Init<EventRequest<Name>>,
    options: RequestOptions | undefined,
  ): Promise<EventResponse<Name>> {
    const row: EventRow = EVENTS[name];
    const signal = options === undefined ? undefined : callerSignal(options);
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    try {
      signal?.throwIfAborted();
      const turn = this.#options.queue.enter(row.name, signal);
      if (turn !== undefined) {
        await turn;
      }
    } catch (error) {
      throw signal?.aborted ? abortError(row.name, signal) : error;
    }
    try {
      if (this.#refusal !== undefined) {
        throw this.#refusal;
      }
      const collector = collectorFor(row, message, this.#options.compat);
      const sequence = ++this.#sequence;
      const request = new RelayedRequest(row, collector?.request ?? message, sequence);
      const plugins = this.#options.roster.active;
      // A validator that gets lost on the way is asked all the same, and so fails the creation.
      const validators = row.answer === "adjustment" ? validatorsAmong(plugins) : NOBODY;
      for (const plugin of plugins) {
        if ((plugin.record.events & row.mask) !== 0 && plugin.record.state === "active") {
          await this.#ask(name, plugin, request, collector, signal);
        }
      }
      if (collector === undefined) {
        return {} as EventResponse<Name>;
      }
      if (validators.length > 0) {
        try {
          await validate(validators, collector, plugins, sequence, this.#options, signal);
        } catch (error) {
          throw signal?.aborted ? abortError(row.name, signal) : error;
        }
      }
      return collector.result() as EventResponse<Name>;
    } finally {
      this.#options.queue.leave();
    }
  }

  /** Asks one plugin and applies its answer. */
  async #ask(
    name: EventName,
    plugin: PluginPeer,
    request: RelayedRequest,
    collector: Collector | undefined,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { observer } = this.#options;
    const outcome: CallOutcome | undefined =
      observer.call === undefined ? undefined : { started: performance.now(), payload: request.payload };
    try {
      const response = await plugin.request(request, signal);
      if (outcome !== undefined) {
        outcome.ended = performance.now();
        outcome.response = response;
      }
      if (response !== undefined && collector !== undefined) {
        collector.apply(plugin.record.name, response);
        if (collector.request !== request.message) {
          request.change(collector.request);
        }
      }
    } catch (error) {
      if (outcome !== undefined) {
        outcome.error = asError(error);
      }
      if (!isFatal(error)) {
        throw signal?.aborted ? abortError(request.row.name, signal, plugin.record.name) : error;
      }
      this.#options.log.warn(
        `closing plugin ${plugin.record.name}, failed to handle ${request.row.name} request: ${errorText(error)}`,
      );
      plugin.close(error);
    } finally {
      if (outcome !== undefined) {
        observeCall(observer, name, plugin.record, request, outcome, collector?.ownersBy(plugin.record.name));
      }
    }
  }
}

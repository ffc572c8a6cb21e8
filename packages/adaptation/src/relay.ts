// One request to all plugins in order: the only loop. What an event may be answered with is in its row of the table.
import { setMaxListeners } from "node:events";
import { EVENTS, type EventName, type EventRequest, type EventResponse, type EventRow, type Init } from "@nri/protocol";
import { type Asked, type AskHost, ask, type Question } from "./ask.js";
import { GuardedCollector, type UpdateGuard } from "./builtin/update-guard.js";
import { abortError, type RequestOptions, withinLimits } from "./caller-signal.js";
import { collectorFor } from "./collect.js";
import { type AdaptationError, errorText } from "./errors.js";
import { type PluginPeer, RelayedRequest } from "./peer.js";
import { allOf, isOnlyTold, rounds } from "./pipeline/fan-out.js";
import type { Pipeline } from "./pipeline/pipeline.js";
import type { Place } from "./pipeline/place.js";
import { subjectOf } from "./pipeline/subjects.js";
import { checkRequired, type Requirements } from "./policy/index.js";
import type { RequestQueue } from "./request-queue.js";
import { type Validation, validate, validatorsAmong } from "./validate.js";

/** What the relay shares with its adaptation. */
export interface RelayHost extends Omit<AskHost, "ending"> {
  /** Whose turn it is to begin. One that is alone under way has the turn until it is over. */
  readonly queue: RequestQueue;
  /** The others under way; undefined when there never are any. */
  readonly pipeline: Pipeline | undefined;
  /** Whether plugins that are only told are asked at the same time. */
  readonly fanOut: boolean;
  /** Shows updates to builtin validators; undefined when none of them looks at updates. */
  readonly guard: UpdateGuard | undefined;
  /** Undefined when the configuration requires no plugin. */
  readonly requirements: Requirements | undefined;
}

const NOBODY: readonly PluginPeer[] = [];
const VERDICT = "validateContainerAdjustment";

/** Asks the plugins. */
export class Relay {
  #options: RelayHost & AskHost;
  readonly #ending = new AbortController();
  #sequence = 0;
  /** The plugins of the last request, and those among them that require others. */
  #known = NOBODY;
  #demanding = NOBODY;
  #refusal: AdaptationError | undefined;

  constructor(options: RelayHost) {
    setMaxListeners(0, this.#ending.signal);
    this.#options = { ...options, ending: this.#ending.signal };
  }

  /** From now on requests are refused with `error`, also those that wait: for their turn, or to ask a plugin again. */
  refuse(error: AdaptationError): void {
    this.#refusal = error;
    this.#ending.abort(error);
  }

  /** Takes other rules. To be called while no request is under way. */
  use(rules: Pick<RelayHost, "policies" | "requirements" | "guard" | "pipeline" | "fanOut">): void {
    this.#options = { ...this.#options, ...rules };
  }

  /**
   * Asks every plugin that is subscribed to the event, one after the other, and joins their answers.
   *
   * Unless its policy says otherwise a plugin that is lost on the way (its time-out, its connection, a broken protocol) is
   * closed, and counts as one that answered nothing; what a plugin answered as an error fails the request, with its text
   * unchanged (`request-failed`). A `conflict`, a validator's verdict, and the lack of a required plugin always fail it.
   */
  relay<Name extends EventName>(
    name: Name,
    message: Init<EventRequest<Name>>,
    options: RequestOptions | undefined,
  ): Promise<EventResponse<Name>> {
    return options === undefined
      ? this.#relay(name, message, undefined, undefined)
      : withinLimits(options, (signal) => this.#relay(name, message, signal, options.context));
  }

  async #relay<Name extends EventName>(
    name: Name,
    message: Init<EventRequest<Name>>,
    signal: AbortSignal | undefined,
    context: unknown,
  ): Promise<EventResponse<Name>> {
    const row: EventRow = EVENTS[name];
    if (this.#refusal !== undefined) {
      throw this.#refusal;
    }
    const { queue, roster, traffic } = this.#options;
    const ticket = traffic.announce(row, message);
    try {
      signal?.throwIfAborted();
      const turn = queue.enter(row.name, signal);
      if (turn !== undefined) {
        await turn;
      }
    } catch (error) {
      traffic.end(ticket, false);
      throw signal?.aborted ? abortError(row.name, signal) : error;
    }
    let succeeded = false;
    let place: Place | undefined;
    try {
      const { compat, guard, pipeline } = this.#options;
      const subject = pipeline && subjectOf(row, message);
      if (subject !== undefined) {
        const entry = (): Promise<void> | undefined =>
          this.#mayOverlap(name) ? pipeline?.entry(subject, signal) : pipeline?.empty(signal);
        for (let wait = entry(); wait !== undefined; wait = entry()) {
          await wait;
        }
      }
      // No await from the last look at the pipeline to the place in it: one that overlaps with others has no joiners.
      const joiners = traffic.arrive(ticket, signal, this.#required(name, message, roster.active));
      if (joiners !== undefined) {
        await joiners;
      }
      if (this.#refusal !== undefined) {
        throw this.#refusal;
      }
      const joined = collectorFor(row, message, compat);
      const guarded = joined === undefined || guard === undefined ? undefined : new GuardedCollector(joined);
      const collector = guarded ?? joined;
      const sequence = ++this.#sequence;
      const request = new RelayedRequest(row, collector?.request ?? message, sequence, { context });
      let plugins = traffic.begin(ticket, request);
      // A validator that gets lost on the way is asked all the same, and so fails the creation; not so in the reference.
      let validators = row.answer === "adjustment" ? validatorsAmong(plugins) : NOBODY;
      if (pipeline !== undefined && subject !== undefined && this.#mayOverlap(name)) {
        place = pipeline.enter(subject, [...subscribed(plugins, row), ...validators]);
        queue.leave();
      }
      const required = this.#required(name, message, plugins);
      if (required !== undefined) {
        checkRequired(required, row.name, message, plugins, undefined);
      }
      let unanswered: Map<PluginPeer, string> | undefined;
      const note = (plugin: PluginPeer, { plugin: last, failure }: Asked): void => {
        if (last !== plugin) {
          plugins = plugins.map((other) => (other === plugin ? last : other));
          validators = validators.flatMap((other) => (other === plugin ? validatorsAmong([last]) : [other]));
        }
        if (failure !== undefined) {
          unanswered ??= new Map();
          unanswered.set(last, errorText(failure));
        }
      };
      const question: Question = {
        event: name,
        request,
        signal,
        use: (plugin, response) => {
          if (response !== undefined && collector !== undefined) {
            collector.apply(plugin, response);
            if (collector.request !== request.message) {
              request.change(collector.request);
            }
          }
        },
        ownersBy: collector && ((plugin) => collector.ownersBy(plugin)),
      };
      if (this.#options.fanOut && row.answer === "nothing") {
        await this.#askTogether(subscribed(plugins, row), question, place, note);
      } else {
        for (const plugin of plugins) {
          if ((plugin.record.events & row.mask) !== 0) {
            const asked = await this.#ask(plugin, question, place);
            if (asked !== undefined) {
              note(plugin, asked);
            }
          }
        }
      }
      if (required !== undefined && unanswered !== undefined) {
        checkRequired(required, row.name, message, plugins, unanswered);
      }
      if (collector === undefined) {
        if (place !== undefined) {
          await place.turn(signal);
        }
        succeeded = true;
        return {} as EventResponse<Name>;
      }
      if (compat === "reference") {
        validators = validators.filter(({ record }) => record.state === "active");
      }
      if (validators.length > 0) {
        const validation: Validation = { validators, collector, plugins, unanswered, sequence, signal, context };
        const validated = (): Promise<void> => this.#validate(row.name, validation, note);
        await (place === undefined ? validated() : place.visit(validators, signal, validated));
        if (required !== undefined && unanswered !== undefined) {
          checkRequired(required, row.name, message, plugins, unanswered);
        }
      }
      if (place !== undefined) {
        await place.turn(signal);
      }
      if (guarded !== undefined) {
        await guard?.checkRequest(name, guarded, signal);
      }
      succeeded = true;
      return collector.result() as EventResponse<Name>;
    } catch (error) {
      if (signal?.aborted) {
        throw error === signal.reason ? abortError(row.name, signal) : error;
      }
      if (place !== undefined) {
        await turnOf(place, row.name, signal);
      }
      throw error;
    } finally {
      this.#options.meter?.count(roster.active.length);
      try {
        traffic.end(ticket, succeeded);
      } finally {
        // Whatever happens: without it everybody would wait for ever.
        if (place === undefined) {
          queue.leave();
        } else {
          place.leave();
        }
      }
    }
  }

  /**
   * Whether a request that begins now may be under way together with others. Not while a plugin is on its way in, which has
   * to know what is under way; and not when a plugin may be asked again, which would hold up all that come behind.
   */
  #mayOverlap(name: EventName): boolean {
    const { traffic, roster } = this.#options;
    return !traffic.isJoined && roster.active.every((plugin) => !this.#asksAgain(name, plugin));
  }

  #asksAgain(name: EventName, { record }: PluginPeer): boolean {
    const { policies } = this.#options;
    return (
      policies !== undefined &&
      (policies.asksAgain(record, name) || (name === "createContainer" && policies.asksAgain(record, VERDICT)))
    );
  }

  /** Asks neighbours that are only told at the same time, all others in their turn, as one that may be asked again. */
  async #askTogether(
    plugins: readonly PluginPeer[],
    question: Question,
    place: Place | undefined,
    note: (plugin: PluginPeer, asked: Asked) => void,
  ): Promise<void> {
    const together = (plugin: PluginPeer): boolean => isOnlyTold(plugin) && !this.#asksAgain(question.event, plugin);
    for (const round of rounds(plugins, together)) {
      const all = await allOf(
        round.map(async (plugin) => ({ plugin, asked: await this.#ask(plugin, question, place) })),
      );
      for (const { plugin, asked } of all) {
        if (asked !== undefined) {
          note(plugin, asked);
        }
      }
    }
  }

  /** Asks a plugin: now, or in the turn that the request has there. */
  #ask(plugin: PluginPeer, question: Question, place: Place | undefined): Promise<Asked | undefined> | Asked {
    return place === undefined
      ? this.#askNow(plugin, question)
      : place.visit([plugin], question.signal, () => this.#askNow(plugin, question));
  }

  #askNow(plugin: PluginPeer, question: Question): Promise<Asked | undefined> | Asked {
    return this.#askable(question.event, plugin) ? ask(this.#options, plugin, question) : lostBefore(plugin);
  }

  async #validate(
    request: string,
    validation: Validation,
    note: (plugin: PluginPeer, asked: Asked) => void,
  ): Promise<void> {
    const { signal } = validation;
    try {
      for (const [plugin, asked] of await validate(this.#options, validation)) {
        note(plugin, asked);
      }
    } catch (error) {
      throw signal?.aborted ? abortError(request, signal) : error;
    }
  }

  /** A plugin that was lost before its turn is asked only when a rule says what that means. */
  #askable(name: EventName, { record }: PluginPeer): boolean {
    return record.state === "active" || this.#options.policies?.of(record).calls[name].failure.byRule === true;
  }

  /** Names of the plugins that must answer this request: by configuration, or because a plugin among us asks for it. */
  #required(name: EventName, message: Init<unknown>, plugins: readonly PluginPeer[]): readonly string[] | undefined {
    if (plugins !== this.#known) {
      this.#known = plugins;
      this.#demanding = plugins.filter((plugin) => plugin.required !== undefined);
    }
    let required = this.#options.requirements?.of(name, message);
    for (const plugin of this.#demanding) {
      const more = plugin.required?.(name, message) ?? [];
      required = more.length === 0 ? required : [...new Set([...(required ?? []), ...more])];
    }
    return required;
  }
}

function lostBefore(plugin: PluginPeer): Asked {
  const { reason, name } = plugin.record;
  return { plugin, failure: reason ?? new Error(`plugin "${name}" is closed`) };
}

function subscribed(plugins: readonly PluginPeer[], { mask }: EventRow): readonly PluginPeer[] {
  return plugins.filter(({ record }) => (record.events & mask) !== 0);
}

/** Waits until the result of the request counts. */
async function turnOf(place: Place, request: string, signal: AbortSignal | undefined): Promise<void> {
  try {
    await place.turn(signal);
  } catch (error) {
    throw signal?.aborted ? abortError(request, signal) : error;
  }
}

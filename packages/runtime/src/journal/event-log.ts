// The latest events, as the lines that whoever looks gets. They are numbered, so that nothing is lost unnoticed.
import { LIMITS } from "../limits.js";
import type { EventFacts } from "./event.js";

/** Lines of a part of the log. */
export interface EventLines {
  /** One JSON object each, without line ends. */
  readonly lines: readonly string[];
  /** How many events before these are not kept any more, of those that were asked for. */
  readonly lost: number;
}

/** Takes lines as they come. */
export type EventListener = (line: string) => void;

/** Events in a ring. */
export class EventLog {
  readonly #lines: string[] = [];
  readonly #listeners = new Set<EventListener>();
  readonly #now: () => Date;
  /** Number of the last event, and of the last one that is forgotten. */
  #last = 0;
  #forgotten = 0;
  #characters = 0;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  /** Number of the last event. */
  get last(): number {
    return this.#last;
  }

  /** Notes an event. */
  add(facts: EventFacts): void {
    const { maxEvents, maxEventCharacters, maxNames } = LIMITS.journal;
    const { plugins, text } = facts;
    const named = plugins?.slice(0, maxNames).map((plugin) => ({ ...plugin, text: cut(plugin.text) }));
    const head = { seq: ++this.#last, at: this.#now().toISOString() };
    const line = JSON.stringify({ ...head, ...facts, plugins: named, text: cut(text) });
    this.#characters += line.length;
    while (this.#last - this.#forgotten > maxEvents || this.#characters > maxEventCharacters) {
      const at = this.#forgotten++ % maxEvents;
      this.#characters -= this.#lines[at]?.length ?? 0;
      this.#lines[at] = "";
    }
    this.#lines[(this.#last - 1) % maxEvents] = line;
    for (const tell of this.#listeners) tell(line);
  }

  /** Events after number `after`. */
  since(after: number): EventLines {
    const { maxEvents } = LIMITS.journal;
    const from = Math.min(Math.max(0, after), this.#last);
    const first = Math.max(from, this.#forgotten);
    const lines: string[] = [];
    for (let at = first; at < this.#last; at++) lines.push(this.#lines[at % maxEvents] ?? "");
    return { lines, lost: first - from };
  }

  /** Tells of each event from now on. */
  follow(listener: EventListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
}

/** A text that is not too long. */
function cut(text: string | undefined): string | undefined {
  const { maxTextCharacters } = LIMITS.journal;
  return text === undefined || text.length <= maxTextCharacters ? text : `${text.slice(0, maxTextCharacters)}...`;
}

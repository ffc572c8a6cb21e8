// The paths of the control socket: docs/control-api.md.
import type { EventLog } from "../journal/event-log.js";
import type { Journal } from "../journal/journal.js";
import { LIMITS } from "../limits.js";
import { ControlProblem, type ControlRoutes, type ControlStream, ControlText } from "./control.js";
import type { Info } from "./info.js";
import { explained, type KnownThings, lookedAtContainers } from "./look.js";

/** What the paths tell of. */
export interface RouteSources {
  readonly info: () => Info;
  readonly known: () => KnownThings;
  readonly journal: Journal;
  readonly metrics: () => Promise<ControlText>;
}

/** Those who follow the events. */
export class Followers {
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The events after a number, and all that come. */
  stream(events: EventLog, after: number): ControlStream {
    const { maxFollowers } = LIMITS.serve;
    if (this.#count >= maxFollowers) throw new ControlProblem(503, `${maxFollowers} follow the events already`);
    return {
      start: (write) => {
        this.#count++;
        const { lines, lost } = events.since(after);
        if (lost > 0) write(JSON.stringify({ kind: "lost", count: lost }));
        for (const line of lines) write(line);
        const following = events.follow(write);
        let isOver = false;
        return {
          [Symbol.dispose]: () => {
            if (!isOver) this.#count--;
            isOver = true;
            following[Symbol.dispose]();
          },
        };
      },
    };
  }
}

/** All paths. */
export function controlRoutes({ info, known, journal, metrics }: RouteSources, followers: Followers): ControlRoutes {
  return {
    "/v1/info": info,
    "/v1/plugins": () => ({ plugins: journal.plugins }),
    "/v1/pods": () => ({ pods: known().pods }),
    "/v1/containers": () => ({ containers: lookedAtContainers(known(), journal) }),
    "/v1/events": ({ query }) => {
      const after = afterOf(query.get("after"), journal.events.last);
      return query.get("follow") === "true"
        ? followers.stream(journal.events, after)
        : eventList(journal.events, after);
    },
    "/v1/explain/": ({ rest }) => explained(rest, known(), journal),
    "/metrics": metrics,
  };
}

/**
 * The number after which events are wanted: all that there are without one, those to come for `now`. A number that there is not yet is
 * one of an earlier life of the daemon: all of this one are after it.
 */
function afterOf(text: string | null, last: number): number {
  if (text === null) return 0;
  if (text === "now") return last;
  if (/^\d{1,15}$/.test(text)) {
    const after = Number(text);
    return after <= last ? after : 0;
  }
  throw new ControlProblem(400, `after=${text}: must be the number of an event, or now`);
}

/** Lines are JSON already. */
function eventList(events: EventLog, after: number): ControlText {
  const { lines, lost } = events.since(after);
  const text = `{"last":${events.last},"lost":${lost},"events":[${lines.join(",")}]}\n`;
  return new ControlText("application/json", text);
}

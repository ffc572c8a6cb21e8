// What the daemon tells of itself to whoever looks: documents for the control socket.
import type { Bridge } from "../common/bridge.js";
import type { ContainerEntry } from "../common/listed-things.js";
import { explainDocument } from "../journal/explain.js";
import type { Journal } from "../journal/journal.js";
import type { PastStory } from "../journal/stories.js";
import { storyEntries } from "../journal/stories.js";
import type { Node } from "../json-text.js";
import { ControlProblem } from "./control.js";

/** Pods and containers that are known now. */
export type KnownThings = Pick<Bridge, "pods" | "containers">;

/** A container with the plugins that adjusted it. */
export interface LookedAtContainer extends ContainerEntry {
  /** Plugins that adjusted it, in the order in which they were asked. */
  readonly adjustedBy: readonly string[];
}

/** Containers, with who adjusted them. */
export function lookedAtContainers({ containers }: KnownThings, journal: Journal): LookedAtContainer[] {
  return containers.map((container) => ({
    ...container,
    adjustedBy: journal.adjustersOf(container.domain, container.id),
  }));
}

/** One container, by its id, `domain/id`, a beginning of them that fits no other, or its name. Throws `ControlProblem`. */
export function explained(wanted: string, { containers: living }: KnownThings, journal: Journal): Node {
  // Of several lives of one id the living one is meant, else the latest.
  const past = journal.past.filter((one, at, all) => !living.some(isSame(one)) && all.findIndex(isSame(one)) === at);
  const found = onlyOne(wanted, [...living, ...past]);
  const names = new Map(living.map(({ id, name }) => [id, name]));
  const container = living.find(isSame(found));
  const story = past.find(isSame(found));
  return explainDocument({
    ...{ domain: found.domain, id: found.id, name: found.name },
    container,
    state: container?.state ?? story?.end ?? "",
    entries: story === undefined ? journal.story(found.domain, found.id) : storyEntries(story.bytes),
    nameOf: (id) => names.get(id) ?? id,
  });
}

type Named = Pick<PastStory, "domain" | "id" | "name">;

const isSame =
  (one: Named) =>
  (other: Named): boolean =>
    one.domain === other.domain && one.id === other.id;

const MOST_NAMED = 8;

/** The container that is meant: what fits exactly goes before what only begins so. */
function onlyOne(wanted: string, all: readonly Named[]): Named {
  const ways: ((one: Named) => boolean)[] = [
    ({ id, domain }) => id === wanted || `${domain}/${id}` === wanted,
    ({ name }) => name === wanted,
    ({ id, domain }) => id.startsWith(wanted) || `${domain}/${id}`.startsWith(wanted),
  ];
  for (const fits of ways) {
    const [first, ...others] = all.filter(fits);
    if (first === undefined) continue;
    if (others.length === 0) return first;
    const names = [first, ...others].slice(0, MOST_NAMED).map(({ domain, id, name }) => `${domain}/${id} (${name})`);
    const more = others.length >= MOST_NAMED ? `, and ${others.length + 1 - MOST_NAMED} more` : "";
    throw new ControlProblem(409, `"${wanted}" fits several containers: ${names.join(", ")}${more}`);
  }
  throw new ControlProblem(
    404,
    `no container "${wanted}" is known, and none of the latest that were refused or removed`,
  );
}

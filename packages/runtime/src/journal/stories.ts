// The stories of containers: those of living ones where they outlive the daemon, the latest others in memory.
import { LIMITS } from "../limits.js";
import type { Parts } from "./keep-steps.js";
import { framed, packEntry, unframed, unpackEntry } from "./packed-entry.js";
import type { CreationFacts, StoryFacts, UpdateFacts } from "./story.js";
import type { StoryPlace } from "./story-place.js";

/** How the story of a container that does not live ended. */
export interface PastStory {
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** How it ended. */
  readonly end: "refused" | "failed" | "removed";
  /** The whole story, packed. */
  readonly bytes: Uint8Array;
}

/** Entries with their messages. */
export interface StoryEntry<Facts extends StoryFacts = StoryFacts> {
  /** What it says. */
  readonly facts: Facts;
  /** The messages, by their numbers. */
  readonly parts: readonly Uint8Array[];
}

/** All of them. What the file system refuses is thrown. */
export class Stories {
  readonly #place: StoryPlace;
  /** The oldest first. */
  readonly #past: PastStory[] = [];
  #pastBytes = 0;

  constructor(place: StoryPlace) {
    this.#place = place;
  }

  /** Begins the story of a container that is coming to be. */
  begin(facts: CreationFacts, parts: Parts): void {
    this.#place.put(facts.domain, facts.id, framed([packEntry({ facts, parts: parts.list })]));
  }

  /** A later update; the oldest are forgotten first. */
  update(domain: string, id: string, facts: UpdateFacts, parts: Parts): void {
    const entry = packEntry({ facts, parts: parts.list });
    const entries = unframed(this.#place.read(domain, id) ?? new Uint8Array());
    const { maxUpdates } = LIMITS.journal;
    if (entries.length < 2 * maxUpdates) {
      this.#place.append(domain, id, framed([entry]));
      return;
    }
    // The creation is the first of them, when somebody has seen it.
    const creation = entries.slice(0, 1).filter((first) => unpackEntry<StoryFacts>(first).facts.kind === "creation");
    this.#place.put(domain, id, framed([...creation, ...entries.slice(1 - maxUpdates), entry]));
  }

  /** A container is gone. */
  removed(domain: string, id: string, name: string): void {
    const bytes = this.#place.read(domain, id);
    this.#place.remove(domain, id);
    if (bytes !== undefined) this.#passed({ domain, id, name, end: "removed", bytes });
  }

  /** A container did not come to be. */
  ended(facts: CreationFacts, parts: Parts): void {
    const { domain, id, name } = facts;
    this.#place.remove(domain, id);
    const bytes = framed([packEntry({ facts, parts: parts.list })]);
    this.#passed({ domain, id, name, end: facts.outcome === "refused" ? "refused" : "failed", bytes });
  }

  #passed(story: PastStory): void {
    const { maxPast, maxPastBytes } = LIMITS.journal;
    this.#past.push(story);
    this.#pastBytes += story.bytes.length;
    while (this.#past.length > maxPast || this.#pastBytes > maxPastBytes) {
      this.#pastBytes -= this.#past.shift()?.bytes.length ?? 0;
    }
  }

  /** Those that are not alive, the latest first. */
  get past(): readonly PastStory[] {
    return this.#past.toReversed();
  }

  /** What is kept of a living container. */
  read(domain: string, id: string): StoryEntry[] {
    return storyEntries(this.#place.read(domain, id) ?? new Uint8Array());
  }

  /** Forgets living ones that are not known. */
  keepOnly(known: readonly { readonly domain: string; readonly id: string }[]): void {
    this.#place.keepOnly(known);
  }
}

/** The entries of a story. Throws for what is none. */
export function storyEntries(bytes: Uint8Array): StoryEntry[] {
  return unframed(bytes).map((entry) => unpackEntry<StoryFacts>(entry));
}

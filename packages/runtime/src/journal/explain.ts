// What is known of one container, as a document: who asked for what, what came of it, and why not the rest.
import { parseSpec } from "@nri/oci";
import {
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  CreateContainerRequest,
  CreateContainerResponse,
  EVENTS,
  FIELD_NAMES,
  FIELDS,
  type FieldName,
  getOwn,
  LinuxResources,
  OwningPlugins,
  removalOf,
} from "@nri/protocol";
import { toJson } from "@nri/protocol/json";
import { type Change, type ChangingStep, changesOf, type Step } from "@nri/testing";
import type { ContainerEntry } from "../common/listed-things.js";
import { type Node, SpecNode } from "../json-text.js";
import { KeptFailure, readSteps } from "./read-steps.js";
import type { StoryEntry } from "./stories.js";
import type { CreationFacts, KeptStep, UpdateFacts } from "./story.js";

/** Why something that was asked for has no effect. */
const WHY_IGNORED: { readonly [field in FieldName]?: string } = {
  BlockioClass: "no class is known: bridge.blockio_config_file names no file",
  RdtClass: "no class is known",
  CdiDevices: "no CDI device is known",
};

/** Whom the document is about. */
export interface Explained {
  readonly domain: string;
  readonly id: string;
  readonly name: string;
  /** As it is now; undefined for one that is not there. */
  readonly container: ContainerEntry | undefined;
  /** `running`, `refused`, `removed`, ... */
  readonly state: string;
  readonly entries: readonly StoryEntry[];
  /** Names of other containers. */
  readonly nameOf: (id: string) => string;
}

/** The document. Throws for a story that cannot be read. */
export function explainDocument(explained: Explained): Node {
  const { domain, id, name, container, state, entries, nameOf } = explained;
  const creation = entries.find((entry): entry is StoryEntry<CreationFacts> => entry.facts.kind === "creation");
  const updates = entries.filter((entry): entry is StoryEntry<UpdateFacts> => entry.facts.kind === "update");
  return {
    domain,
    id,
    name,
    pod: container === undefined ? { id: creation?.facts.podId ?? "" } : { ...container.pod },
    state,
    creation: creation === undefined ? null : creationDocument(creation, id, nameOf),
    updates: updates.map((update) => updateDocument(update, id, nameOf)),
  };
}

function creationDocument({ facts, parts }: StoryEntry<CreationFacts>, id: string, nameOf: Explained["nameOf"]): Node {
  const steps = readSteps(facts.steps, parts);
  const part = (at: number | undefined) => (at === undefined ? undefined : parts[at]);
  const [original, final, merged] = [part(facts.original), part(facts.final), part(facts.merged)];
  const first = facts.steps.find(({ seen }) => seen !== undefined);
  const asked = part(first?.seen);
  const spec = (bytes: Uint8Array | undefined) => (bytes === undefined ? null : new SpecNode(parseSpec(bytes)));
  const adjustment = merged === undefined ? undefined : CreateContainerResponse.decode(merged).adjust;
  return {
    at: facts.at,
    outcome: facts.outcome,
    reason: facts.reason,
    request: asked === undefined ? null : toJson(CreateContainerRequest, CreateContainerRequest.decode(asked)),
    steps: steps.map((step, at) => stepDocument(step, facts.steps[at])),
    changes: changesOf(used(steps), nameOf).map(changeDocument),
    owners: ownersOf(steps, id),
    conflicts: steps.flatMap(({ error }) => conflictOf(error) ?? []),
    verdicts: steps.flatMap(({ plugin, verdict }) =>
      verdict === undefined ? [] : [{ validator: plugin, ...verdict }],
    ),
    adjustment: adjustment === undefined ? null : toJson(ContainerAdjustment, adjustment),
    notApplied: facts.ignored.map((field) => ({ field, reason: WHY_IGNORED[field] ?? "nothing applies it here" })),
    original: spec(original),
    spec: facts.outcome === "refused" ? null : spec(final ?? original),
  };
}

/** Those whose answer counts: validators change nothing. */
function used(steps: readonly Step[]): Step[] {
  return steps.filter(({ event }) => event !== "validateContainerAdjustment");
}

function stepDocument(step: Step, kept: KeptStep | undefined): Node {
  const { plugin, event, adjustment, updates, evictions, owners, error, micros } = step;
  return {
    plugin,
    event: EVENTS[event].name,
    outcome: kept?.outcome,
    adjustment: adjustment === undefined ? undefined : toJson(ContainerAdjustment, adjustment),
    updates: updates.length === 0 ? undefined : updates.map((update) => toJson(ContainerUpdate, update)),
    evictions: evictions.length === 0 ? undefined : evictions.map((one) => toJson(ContainerEviction, one)),
    owners: toJson(OwningPlugins, owners ?? {}),
    conflict: conflictOf(error),
    error: error?.message,
    micros,
  };
}

function conflictOf(error: Error | undefined) {
  if (!(error instanceof KeptFailure) || error.kept.code !== "conflict") return undefined;
  const { field = "", key = "", plugins = [] } = error.kept;
  return { field, key, plugins };
}

function changeDocument({ event, ...change }: Change): Node {
  return { ...change, event: EVENTS[event].name };
}

/** Who owns what. */
interface Owned {
  readonly field: FieldName;
  /** Which entry; absent for a field without entries. */
  readonly key: string | undefined;
  /** Its owner, or all who added to it; who has removed it, when it is owned by nobody since. */
  readonly plugins: readonly string[];
  readonly removed?: true | undefined;
}

/** Who owns each field in the end, in the order of the field table: each call has what its plugin owned then. */
function ownersOf(steps: readonly Step[], id: string): Node[] {
  const owners = new Map<string, Owned>();
  for (const { owners: by, error } of steps) {
    if (error !== undefined) continue;
    for (const owned of ownedIn(by, id)) owners.set(`${owned.field} ${owned.key ?? ""}`, owned);
  }
  const rank = new Map(FIELD_NAMES.map((name, at) => [name, at]));
  return [...owners.values()]
    .sort((a, b) => (rank.get(a.field) ?? 0) - (rank.get(b.field) ?? 0))
    .map((owned) => ({ ...owned }));
}

function ownedIn(owners: OwningPlugins | undefined, id: string): Owned[] {
  const of = getOwn(owners?.owners, id);
  return FIELD_NAMES.flatMap((field): Owned[] => {
    const { claim, field: number } = FIELDS[field];
    // Of device rules nobody is the owner.
    if (claim === "never") return [];
    if (claim === "per-key") {
      const entries = Object.entries(getOwn(of?.compound, String(number))?.owners ?? {});
      return entries.map(([key, owner]) => ({ field, key, ...ownersIn(owner) }));
    }
    const owner = getOwn(of?.simple, String(number));
    return owner === undefined ? [] : [{ field, key: undefined, ...ownersIn(owner) }];
  });
}

function ownersIn(owner: string): Pick<Owned, "plugins" | "removed"> {
  const removed = removalOf(owner);
  return removed === undefined ? { plugins: owner.split(",") } : { plugins: [removed], removed: true };
}

function updateDocument({ facts, parts }: StoryEntry<UpdateFacts>, id: string, nameOf: Explained["nameOf"]): Node {
  const { at, request, by, outcome, text } = facts;
  const steps = readSteps(facts.steps, parts);
  return {
    at,
    request,
    by,
    outcome,
    error: text,
    steps: steps.map((step, index) => stepDocument(step, facts.steps[index])),
    changes: [...changesOf(used(steps), nameOf), ...wantedChanges({ facts, parts }, id)].map(changeDocument),
  };
}

/** What plugins wanted on their own. */
function wantedChanges({ facts, parts }: StoryEntry<UpdateFacts>, id: string): Change[] {
  const bytes = facts.update === undefined ? undefined : parts[facts.update];
  if (bytes === undefined) return [];
  const before = facts.before === undefined ? undefined : parts[facts.before];
  const update = ContainerUpdate.decode(bytes);
  const plugin = facts.by.join(", ");
  const request = { linuxResources: before && LinuxResources.decode(before) };
  const step: ChangingStep = {
    plugin,
    event: "updateContainer",
    containerId: id,
    request,
    adjustment: undefined,
    updates: [update],
  };
  return changesOf([step], (other) => other);
}

// What steps changed, one by one, as people read it: from what to what, and who had set it before.
import {
  describeChanges,
  describeUpdate,
  type EventName,
  FIELDS,
  type FieldChange,
  type FieldName,
  type FieldRow,
} from "@nri/protocol";
import type { Step } from "./recorder.js";

/** The parts of a step that changes are read from. */
export type ChangingStep = Pick<Step, "plugin" | "event" | "containerId" | "request" | "adjustment" | "updates">;

/** One change of a step, and which container it is of. */
export interface StepChange extends FieldChange {
  /** Id of the container that changes. */
  readonly target: string;
}

/** The changes that a step asks for: of the container that is created, then of those that are updated. */
export function stepChanges({ request, containerId, adjustment, updates }: ChangingStep): StepChange[] {
  const created = describeChanges(adjustment, { container: request.container });
  const updated = updates.flatMap((update) => {
    const own = update.containerId === containerId;
    const before = own ? (request.linuxResources ?? request.container?.linux?.resources) : undefined;
    return describeUpdate(update, before).map((change) => ({ ...change, target: update.containerId }));
  });
  return [...created.map((change) => ({ ...change, target: containerId })), ...updated];
}

/** One change as people read it. */
export interface Change {
  /** Who asked for it: `10-foo`. */
  readonly plugin: string;
  /** The event whose answer asked for it. */
  readonly event: EventName;
  /** What changes. */
  readonly field: FieldName;
  /** Which entry, or which part of a group; empty when there is only one thing. */
  readonly key: string;
  /** `=`: asked for, and so before. */
  readonly sign: "+" | "-" | "~" | "=";
  /** The value before, where plugins can see it. */
  readonly from: string | undefined;
  /** The value that is asked for; undefined for a removal. */
  readonly to: string | undefined;
  /** The plugin that had set it before in this event; undefined: nobody, or who asked for the event. */
  readonly setBefore: string | undefined;
  /** The container that is updated, when it is another one. */
  readonly other: string | undefined;
}

/** The changes of steps about one container, in order. `nameOf` gives the names of others. */
export function changesOf(steps: readonly ChangingStep[], nameOf: (id: string) => string): Change[] {
  // An update does not build on what a creation set.
  const setBy = new Map<string, string>();
  return steps.flatMap((step) =>
    stepChanges(step).map((change): Change => {
      const { plugin, event, containerId } = step;
      const isOther = change.target !== containerId;
      const shown = shownChange(change);
      const id = `${event} ${change.target} ${shown.field} ${shown.key}`;
      const setBefore = isOther ? undefined : setBy.get(id);
      setBy.set(id, plugin);
      return { plugin, event, ...shown, setBefore, other: isOther ? nameOf(change.target) : undefined };
    }),
  );
}

/** A change with its values as text. */
function shownChange({ field, key, action, before, after }: FieldChange) {
  const row: FieldRow = FIELDS[field];
  const text = (value: unknown) => (value === undefined ? undefined : row.show(value as never));
  const [from, to] = [text(before), text(after)];
  const sign = action === "remove" ? "-" : action !== "replace" ? "+" : from === to ? "=" : "~";
  // Shared fields have no entries: their keys are part of the value.
  return { field, key: row.item ?? (row.claim === "shared" ? "" : (key ?? "")), sign, from, to } as const;
}

// Calls of plugins as they are kept: facts, and the messages that they speak of.
import { AdaptationError, type ObservedCall } from "@nri/adaptation";
import {
  type ContainerAdjustment,
  EVENTS,
  FIELD_NAMES,
  FIELD_READERS,
  FIELDS,
  type FieldName,
  type FieldRow,
  type Init,
  isSet,
  OwningPlugins,
  type ValidateContainerAdjustmentResponse,
} from "@nri/protocol";
import type { KeptError, KeptStep } from "./story.js";

/** Messages of an entry; the same bytes are there once. */
export class Parts {
  readonly list: Uint8Array[] = [];

  /** Adds one and gives its number. */
  add(bytes: Uint8Array): number {
    const known = this.list.indexOf(bytes);
    return known < 0 ? this.list.push(bytes) - 1 : known;
  }
}

/** The calls of a request. What was synchronised is none of it. */
export function keptSteps(calls: readonly ObservedCall[], parts: Parts): KeptStep[] {
  return calls.flatMap((call) => (call.event === "synchronize" ? [] : [keptStep(call, call.event, parts)]));
}

function keptStep(call: ObservedCall, event: KeptStep["event"], parts: Parts): KeptStep {
  const { plugin, outcome, micros, error, owners, payload } = call;
  const { name } = plugin;
  const facts = { plugin: name, event, outcome, micros, fields: fieldsOf(call), error: error && keptError(error) };
  if (event === "validateContainerAdjustment") return { ...facts, verdict: verdictOf(call) };
  const response = call.response as object | undefined;
  return {
    ...facts,
    seen: payload && parts.add(payload),
    answer: response && parts.add(EVENTS[event].response.encode(response as never)),
    owners: owners && parts.add(OwningPlugins.encode(owners)),
  };
}

/** What a validator has said; undefined when it has not. */
export function verdictOf(call: ObservedCall): KeptStep["verdict"] {
  if (call.event !== "validateContainerAdjustment" || call.response === undefined) return undefined;
  const { reject = false, reason = "" } = call.response as Partial<ValidateContainerAdjustmentResponse>;
  return { rejected: reject, reason };
}

/** Fields that the answer's adjustment sets, or removes. */
export function fieldsOf(call: ObservedCall): FieldName[] {
  if (call.event !== "createContainer" || call.response === undefined) return [];
  const { adjust } = call.response as { adjust?: Init<ContainerAdjustment> };
  if (adjust === undefined) return [];
  const removesRdt = adjust.linux?.rdt?.remove === true;
  return FIELD_NAMES.filter((name) => {
    const row: FieldRow = FIELDS[name];
    const flagged = removesRdt && row.kind === "value" && row.flagPath !== undefined;
    return flagged || isSet(FIELD_READERS[name].adjustment(adjust), row);
  });
}

/** `env, mount, memory limit`. */
export function fieldWords(fields: readonly FieldName[]): string {
  return fields
    .map((name) => FIELDS[name])
    .map((row) => ("item" in row ? `${row.label} ${row.item}` : row.label))
    .join(", ");
}

function keptError(error: Error): KeptError {
  if (!(error instanceof AdaptationError)) return { message: error.message };
  const { message, code, field, key, plugins } = error;
  return { message, code, field, key, plugins };
}

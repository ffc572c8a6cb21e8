// What the scenarios of a run touched: by field, and by request.
import { FIELD_NAMES, FIELDS, type FieldName, type FieldRow } from "@nri/protocol";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { ScenarioOutcome } from "./cell.js";
import type { Scenario } from "./scenario.js";

/** What is counted of a field. */
export const AIMS = ["set", "removed", "conflict", "updated"] as const;
export type Aim = (typeof AIMS)[number];

/** Counts of a run. */
export class Coverage {
  readonly fields = new Map<FieldName, Record<Aim, number>>(
    FIELD_NAMES.map((name) => [name, { set: 0, removed: 0, conflict: 0, updated: 0 }]),
  );
  readonly requests = new Map<string, { asked: number; failed: number }>();
  readonly reasons = new Map<string, number>();
  scenarios = 0;

  /** Counts a scenario by what the reference made of it. */
  add({ steps }: Scenario, outcome: ScenarioOutcome): void {
    this.scenarios++;
    steps.forEach(({ op, answers }, nth) => {
      const result = outcome.answers[nth];
      const row = this.requests.get(op) ?? { asked: 0, failed: 0 };
      row.asked++;
      if (result?.ok !== true) {
        row.failed++;
        const reason = reasonOf(result?.error ?? "");
        this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
      }
      this.requests.set(op, row);
      const conflict = /^plugins .* both tried to set (\w+) /s.exec(result?.error ?? "")?.[1];
      if (conflict !== undefined) this.#count(conflict as FieldName, "conflict");
      if (result?.ok !== true) return;
      for (const field of FIELD_NAMES) {
        const asked = answers.map((answer) => adjustmentOf(field, answer?.adjust));
        if (asked.some(({ set }) => set)) this.#count(field, "set");
        if (asked.some(({ removed }) => removed)) this.#count(field, "removed");
        if (answers.some((answer) => answer?.update?.some((update) => updates(field, update)))) {
          this.#count(field, "updated");
        }
      }
    });
  }

  #count(field: FieldName, aim: Aim): void {
    const counts = this.fields.get(field);
    if (counts !== undefined) counts[aim]++;
  }

  /** What was counted less than `least` times though the field knows it. */
  missing(least: number): string[] {
    return [...this.fields].flatMap(([field, counts]) =>
      AIMS.filter((aim) => knows(field, aim) && counts[aim] < least).map((aim) => `${field} ${aim} ${counts[aim]}`),
    );
  }

  /** As a table. */
  print(): string {
    const head = `${"field".padEnd(22)}${AIMS.map((aim) => aim.padStart(10)).join("")}`;
    const rows = [...this.fields].map(
      ([field, counts]) =>
        field.padEnd(22) + AIMS.map((aim) => (knows(field, aim) ? String(counts[aim]) : "-").padStart(10)).join(""),
    );
    return [head, ...rows, "", this.summary()].join("\n");
  }

  /** Requests and refusals. */
  summary(): string {
    const requests = [...this.requests].map(([op, { asked, failed }]) => `${op} ${asked} (${failed} refused)`);
    const reasons = [...this.reasons].map(([reason, times]) => `${reason} ${times}`);
    return `${this.scenarios} scenarios: ${requests.join(", ")}\nrefused: ${reasons.join(", ")}`;
  }
}

const REASONS: readonly (readonly [reason: string, text: RegExp])[] = [
  ["conflict", /both tried to set/],
  ["plugin's error", /^rpc error: code = /],
  ["update during creation", /during creation$/],
  ["default validator: restricted", /attempted restricted/],
  ["default validator: required plugin", /required plugins? .* not present/],
  ["default validator: annotation", /annotation "/],
  ["validator", /rejected container adjustment/],
];

function reasonOf(error: string): string {
  return REASONS.find(([, text]) => text.test(error))?.[0] ?? "other";
}

/** Whether a row can be touched so. Device rules and hooks are never in conflict. */
export function knows(field: FieldName, aim: Aim): boolean {
  const row: FieldRow = FIELDS[field];
  if (aim === "removed") return row.removal !== "none";
  if (aim === "conflict") return row.kind !== "accumulate";
  return aim === "set" || row.update !== undefined;
}

function at(root: JsonObject | undefined, path: string | undefined): JsonValue | undefined {
  let node: JsonValue | undefined = root;
  for (const part of path?.split(".") ?? []) node = (node as JsonObject | undefined)?.[part];
  return path === undefined ? undefined : node;
}

function adjustmentOf(field: FieldName, adjust: JsonObject | undefined): { set: boolean; removed: boolean } {
  const row: FieldRow = FIELDS[field];
  const value = at(adjust, row.path);
  if (row.kind === "value") {
    return {
      set: value !== undefined && value !== "",
      removed: row.flagPath !== undefined && at(adjust, row.flagPath) === true,
    };
  }
  if (row.kind === "accumulate") return { set: value !== undefined, removed: false };
  if (row.kind === "args") {
    const words = (value ?? []) as string[];
    return { set: words.length > 0, removed: words[0] === "" };
  }
  const keys =
    row.kind === "map"
      ? Object.keys((value ?? {}) as JsonObject)
      : ((value ?? []) as JsonObject[]).map((entry) => String(entry[row.keyProperty] ?? ""));
  const marks = keys.filter((key) => row.removal === "marker" && key.startsWith("-"));
  return { set: keys.length > marks.length, removed: marks.length > 0 };
}

function updates(field: FieldName, update: JsonObject): boolean {
  const value = at(update, (FIELDS[field] as FieldRow).update);
  return value !== undefined && value !== "";
}

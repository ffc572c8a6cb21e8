// Assertions about what plugins did, in the manner of node:assert: an AssertionError with a text that says what is different.
import { AssertionError } from "node:assert";
import { inspect } from "node:util";
import type { AdjustmentInput, UpdateInput } from "@nri/plugin";
import { AdjustmentBuilder, UpdateBuilder } from "@nri/plugin";
import {
  ContainerAdjustment,
  ContainerUpdate,
  describeChanges,
  describeUpdate,
  type FieldChange,
  printChange,
} from "@nri/protocol";
import type { FakeContainer } from "./fake-container.js";
import type { FakePod } from "./fake-pod.js";
import { type Outcome, problemText } from "./outcome.js";

/**
 * That the creation of a container changed exactly what `expected` says, in any order: of all plugins for a container, of
 * one for `container.by("10-foo")`. Throws an `AssertionError` that lists what is missing and what is too much.
 */
export function assertAdjustment(outcome: Outcome, expected: AdjustmentInput): void {
  const message = expected instanceof AdjustmentBuilder ? expected.build() : ContainerAdjustment.create(expected);
  if (outcome.adjustment === undefined) {
    fail(`${outcome.label} was not adjusted: ${whyNot(outcome)}`, undefined, texts(saidBy(message)), assertAdjustment);
  }
  compare(
    `${outcome.label}: the adjustment is not the expected one`,
    outcome,
    saidBy(outcome.adjustment),
    saidBy(message),
    assertAdjustment,
  );
}

/** That a container was created, and nothing of it changed. Throws an `AssertionError` that lists the changes. */
export function assertUnchanged(outcome: Outcome): void {
  assertAdjustment(outcome, {});
}

/**
 * That exactly these updates were answered to the events of a container, in any order: of all plugins, or of one with
 * `container.by("10-foo")`. Throws an `AssertionError` that lists what is missing and what is too much.
 */
export function assertUpdates(
  outcome: Pick<Outcome, "label" | "updates" | "problems">,
  expected: readonly UpdateInput[],
): void {
  const wanted = expected.map((each) => (each instanceof UpdateBuilder ? each.build() : ContainerUpdate.create(each)));
  const text = `${outcome.label}: the updates are not the expected ones`;
  compare(text, outcome, outcome.updates.flatMap(saidByUpdate), wanted.flatMap(saidByUpdate), assertUpdates);
}

/** That a pod or a container was refused, for a reason that matches. Throws an `AssertionError` that says what became of it. */
export function assertRefused(subject: FakeContainer | FakePod, reason?: string | RegExp): void {
  const refused = "refused" in subject ? subject.refused : subject.problems[0]?.error.message;
  const { label, phase } = subject;
  if (refused === undefined || (phase !== "refused" && !("refused" in subject)))
    fail(`${label} was not refused: it is ${phase}`, phase, "refused", assertRefused);
  const matches = typeof reason === "string" ? refused.includes(reason) : (reason?.test(refused) ?? true);
  if (!matches) fail(`${label} was refused for another reason: ${refused}`, refused, reason, assertRefused);
}

/** One thing that is said. Two of them may look the same to people and be different. */
interface Said {
  readonly text: string;
  readonly value: string;
}

/** Everything that an adjustment says. */
function saidBy(adjustment: ContainerAdjustment): Said[] {
  return describeChanges(adjustment, { container: undefined }).map((change) => said(change, "", ""));
}

function saidByUpdate(update: ContainerUpdate): Said[] {
  const { containerId, ignoreFailure } = update;
  const after = ignoreFailure ? " (failure ignored)" : "";
  const changes = describeUpdate(update, undefined).map((change) => said(change, `${shortId(containerId)}: `, after));
  return changes.length === 0 ? [{ text: `${shortId(containerId)}: nothing${after}`, value: containerId }] : changes;
}

/** As engines show ids to people. */
const shortId = (id: string) => id.slice(0, 12);

function said(change: FieldChange, before: string, after: string): Said {
  const text = `${change.action === "remove" ? "remove " : ""}${printChange(change)}`;
  const value = inspect(change.after, { depth: null, sorted: true, breakLength: Number.POSITIVE_INFINITY });
  return { text: `${before}${text}${after}`, value };
}

function compare(
  text: string,
  { problems }: Pick<Outcome, "problems">,
  actual: readonly Said[],
  expected: readonly Said[],
  caller: (...args: never[]) => void,
): void {
  const missing = without(expected, actual);
  const unexpected = without(actual, expected);
  if (missing.length === 0 && unexpected.length === 0) return;
  const show = (each: Said, others: readonly Said[]) =>
    others.some((other) => other.text === each.text) ? `${each.text}  ${each.value}` : each.text;
  const found = [
    ...missing.map((each) => `  missing     ${show(each, unexpected)}`),
    ...unexpected.map((each) => `  unexpected  ${show(each, missing)}`),
    ...problems.map((problem) => `  ${problem.plugin} ${problemText(problem)}`),
  ];
  fail([text, ...found].join("\n"), texts(actual), texts(expected), caller);
}

const texts = (all: readonly Said[]) => all.map(({ text }) => text).sort();

/** What is in `list` more often than in `others`. */
function without(list: readonly Said[], others: readonly Said[]): Said[] {
  const rest = [...others];
  const left = list.filter(({ text, value }) => {
    const place = rest.findIndex((other) => other.text === text && other.value === value);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
  return left.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

function whyNot(outcome: Outcome): string {
  const problems = outcome.problems.map((problem) => `${problem.plugin} ${problemText(problem)}`.trim());
  return problems.length > 0
    ? problems.join("; ")
    : outcome.events.length === 0
      ? "nobody was asked"
      : "it was not created";
}

function fail(message: string, actual: unknown, expected: unknown, caller: (...args: never[]) => void): never {
  throw new AssertionError({ message, actual, expected, operator: caller.name, stackStartFn: caller });
}

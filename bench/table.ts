// The report as a table for people.
import { label } from "./cases.js";
import { FIGURES, type Figure } from "./figures.js";
import { goalText } from "./goals.js";
import type { CaseResult, SideResult } from "./report.js";
import type { Side } from "./sides.js";

const DETAILS: Readonly<Record<string, (side: SideResult) => string>> = {
  "p99 us": ({ p99Us }) => (p99Us === 0 ? "-" : p99Us.toFixed(0)),
  "cpu us": ({ runtimeCpuUs, pluginCpuUs }) => {
    const both = runtimeCpuUs + pluginCpuUs;
    return both === 0 ? "-" : both.toFixed(0);
  },
  "spread us": ({ spreadUs }) => spreadUs.map((us) => us.toFixed(0)).join("-"),
};

/**
 * A row for each figure of each case: of every side the figure, its ratio to go-go, and what was wanted of it; then the
 * `details` of Go and of ours on both ends.
 */
export function rows(
  cases: readonly CaseResult[],
  details: readonly string[] = Object.keys(DETAILS),
): readonly (readonly string[])[] {
  const sides = [...new Set(cases.flatMap((one) => Object.keys(one.sides)))] as Side[];
  const others = sides.filter((side) => side !== "go-go");
  const outer = sides.filter((side) => side === "go-go" || side === "ts-ts");
  const more = details.flatMap((detail) => outer.map((side) => ({ detail, side })));
  const heads = more.map(({ detail, side }) => `${detail} ${side}`);
  const head = ["case", "figure", ...sides, ...others.map((side) => `${side}/go`), ...heads];
  return [
    head,
    ...cases.flatMap((one) =>
      one.figures.map((figure, index) => [
        index === 0 ? label({ name: one.case, pinned: one.pinned }) : "",
        FIGURES[figure].title,
        ...sides.map((side) => amount(one.sides[side]?.figures[figure])),
        ...others.map((side) => compared(one, side, figure)),
        ...more.map(({ detail, side }) => (index > 0 ? "" : detailOf(one.sides[side], detail))),
      ]),
    ),
  ];
}

function amount(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** The ratio to go-go, then the goal: `0.55 (≤ 0.6 met)`; a goal for another ratio with that. */
function compared(one: CaseResult, side: Side, figure: Figure): string {
  const [own, base] = [one.sides[side]?.figures[figure], one.sides["go-go"]?.figures[figure]];
  const ratio = own !== undefined && base ? (own / base).toFixed(2) : "-";
  const goals = one.goals.filter((goal) => goal.side === side && goal.figure === figure);
  const texts = goals.map(goalText);
  return texts.length === 0 ? ratio : `${ratio} (${texts.join(", ")})`;
}

function detailOf(side: SideResult | undefined, detail: string): string {
  return side === undefined ? "-" : (DETAILS[detail]?.(side) ?? "-");
}

/** Rows in columns; the first is for names, the others for numbers. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  "),
    )
    .join("\n");
}

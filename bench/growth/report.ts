// From single runs to medians and fits, for people and for the record.
import type { MeasuredRecord } from "../page.js";
import type { Runs } from "../report.js";
import { median } from "../statistics.js";
import { columns } from "../table.js";
import { type Curve, SIDES, type Side } from "./curves.js";
import { type Fit, fit } from "./fit.js";

/** Medians of the runs. */
export type Points = readonly (readonly [x: number, y: number])[];

/** One figure of a curve. */
export interface FigureResult {
  readonly figure: string;
  readonly unit: string;
  readonly points: Readonly<Record<Side, Points>>;
  readonly fits: Readonly<Record<Side, Fit>>;
}

/** One curve. */
export interface CurveResult {
  readonly curve: Curve["name"];
  readonly title: string;
  readonly x: string;
  readonly figures: readonly FigureResult[];
}

/** What is kept of a run. */
export interface GrowthRecord extends MeasuredRecord {
  readonly runs: number;
  readonly curves: readonly CurveResult[];
}

/** The results of what was run. */
export function curveResults(curves: readonly Curve[], runs: Runs): CurveResult[] {
  return curves.map(({ name: curve, title, x, figures, steps }) => ({
    curve,
    title,
    x,
    figures: figures.map(({ name: figure, unit, of }) => {
      const points = bySide((side) =>
        steps.flatMap((step) => {
          const values = (runs.get(step.run)?.get(side) ?? []).map(of).filter((value) => value !== undefined);
          return values.length === 0 ? [] : [[step.x, Number(median(values).toPrecision(4))] as const];
        }),
      );
      return { figure, unit, points, fits: bySide((side) => fit(points[side])) };
    }),
  }));
}

function bySide<T>(make: (side: Side) => T): Readonly<Record<Side, T>> {
  return { "go-go": make("go-go"), "ts-ts": make("ts-ts") };
}

/** A table of one curve: each figure of each side in a line, with what fits it. */
export function curveTable({ curve, figures }: CurveResult): string {
  const xs = [...new Set(figures.flatMap(({ points }) => SIDES.flatMap((side) => points[side].map(([x]) => x))))];
  return columns([
    [curve, "", ...xs.map(String), "exponent", "", "at its end", ""],
    ...figures.flatMap(({ figure, unit, points, fits }) =>
      SIDES.map((side) => {
        const { exponent, kind, endExponent, endKind } = fits[side];
        const values = new Map(points[side]);
        const fitted = [exponent.toFixed(2), kind, endExponent.toFixed(2), endKind];
        return [`${figure}, ${unit}`, side, ...xs.map((x) => number(values.get(x))), ...fitted];
      }),
    ),
  ]);
}

/** Rows of the page: each figure with its first and last value, and what fits it. */
export function fitRows(results: readonly CurveResult[]): string[][] {
  const cells = ({ points, fits }: FigureResult, side: Side): string[] => {
    const { exponent, kind, endExponent, endKind } = fits[side];
    const [first, last] = [points[side][0]?.[1], points[side].at(-1)?.[1]];
    const end = endKind === kind ? `at its end ${endExponent}` : `at its end ${endKind}, ${endExponent}`;
    return [`${number(first)} to ${number(last)}`, `${kind} (${exponent}; ${end})`];
  };
  return [
    ["", "", "Go", "", "TypeScript", ""],
    ...results.flatMap(({ figures, x }) =>
      figures.map((one, i) => {
        const xs = one.points["ts-ts"].map(([value]) => value);
        const what = i === 0 ? `${xs[0]} to ${xs.at(-1)} ${x}` : "";
        return [what, `${one.figure}, ${one.unit}`, ...SIDES.flatMap((side) => cells(one, side))];
      }),
    ),
  ];
}

function number(value: number | undefined): string {
  if (value === undefined) return "-";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

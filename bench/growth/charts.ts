// The pictures of the curves: both axes logarithmic, so that a power is a straight line and its exponent the slope.
import { drawLines, type Line, type Panel } from "../charts/line-chart.js";
import { CURVES, SIDES, type Side } from "./curves.js";
import type { CurveResult, FigureResult } from "./report.js";

const NAMES: Readonly<Record<Side, string>> = { "go-go": "Go", "ts-ts": "TypeScript" };

/** Draws `docs/images/growth-NAME.svg` and returns its path. */
export function drawCurve({ curve, title, x, figures }: CurveResult): string {
  const known = CURVES.find(({ name }) => name === curve)?.figures;
  const panels: Panel[] = [];
  for (const one of figures) {
    const beside = known?.find(({ name }) => name === one.figure)?.beside ?? false;
    const lines = SIDES.map((side) => line(one, side, beside));
    const before = panels.at(-1);
    if (!beside || before === undefined) panels.push({ title: one.figure, y: { name: one.unit, log: true }, lines });
    else {
      const both = `${before.title} (solid), ${one.figure} (dashed)`;
      panels[panels.length - 1] = { ...before, title: both, lines: [...before.lines, ...lines] };
    }
  }
  return drawLines(`growth-${curve}`, { title, x: { name: x, log: true }, panels });
}

function line({ points }: FigureResult, side: Side, dashed: boolean): Line {
  return { name: NAMES[side], points: points[side], dashed };
}

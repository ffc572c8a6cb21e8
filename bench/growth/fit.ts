// Which kind of curve it is: the exponent of a power that fits, found as the slope between logarithms.

/** Whether it grows not at all, less than, as, or more than what makes it grow. */
export type Kind = "constant" | "less than linear" | "linear" | "worse than linear" | "falling" | "unknown";

/** What fits a curve. */
export interface Fit {
  /** Of all points: 0 is constant, 1 linear, 2 quadratic, -1 falls to half when what grows doubles. */
  readonly exponent: number;
  readonly kind: Kind;
  /** The same between the last two points alone: where it goes, once what each request costs by itself no longer counts. */
  readonly endExponent: number;
  readonly endKind: Kind;
}

/** Noise of the machine within which an exponent counts as the round one. */
const NEAR = 0.15;

/** The fit of points, all of them above 0; fewer than two are of an unknown kind. */
export function fit(points: readonly (readonly [x: number, y: number])[]): Fit {
  const exponent = logSlope(points);
  const endExponent = logSlope(points.slice(-2));
  return { exponent, kind: kind(exponent), endExponent, endKind: kind(endExponent) };
}

function kind(exponent: number): Kind {
  if (Number.isNaN(exponent)) return "unknown";
  if (exponent < -NEAR) return "falling";
  if (exponent <= NEAR) return "constant";
  if (exponent < 1 - NEAR) return "less than linear";
  return exponent <= 1 + NEAR ? "linear" : "worse than linear";
}

/** The slope of the straight line with the least squares, between logarithms. */
function logSlope(points: readonly (readonly [number, number])[]): number {
  const xs = points.map(([x]) => Math.log(x));
  const ys = points.map(([, y]) => Math.log(y));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [mx, my] = [mean(xs), mean(ys)];
  const both = xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] ?? my) - my), 0);
  const square = xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
  return Number((both / square).toFixed(2));
}

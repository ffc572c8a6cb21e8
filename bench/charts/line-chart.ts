// Line charts as SVG: some panels in a row with the same x axis.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { drawing } from "./echarts.js";

/** One axis; with `log` equal distances are equal factors. */
export interface Axis {
  /** With its unit. */
  readonly name: string;
  readonly log?: boolean;
  /** Where it begins. By default 0, or where its values begin when it is logarithmic. */
  readonly min?: number;
}

/** One line; a colour for each name. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Drawn with dashes: what stands beside the main line. */
  readonly dashed?: boolean;
}

/** One picture of a row. */
export interface Panel {
  readonly title: string;
  readonly y: Axis;
  readonly lines: readonly Line[];
}

/** A row of pictures. */
export interface LineChart {
  readonly title: string;
  readonly x: Axis;
  readonly panels: readonly Panel[];
}

const DIR = fileURLToPath(new URL("../../../docs/images/", import.meta.url));
const PANEL = { width: 400, height: 260, left: 62, right: 22, top: 72, bottom: 58 };
/** What a logarithmic axis shows at least, so that what hardly changes looks like it. */
const DECADE = 10;
const LEGEND_LINE = 18;
/** Told apart also by people who see no red or no green (Okabe and Ito), and in grey. */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const INK = "#24292f";
const LINES = "#d0d7de";
const text = { color: INK, fontFamily: "sans-serif", fontSize: 12 };

/** Writes `docs/images/NAME.svg` and returns its path. The ground is white, so that it can be read on a dark page as well. */
export function drawLines(name: string, chart: LineChart): string {
  const longest = Math.max(...chart.panels.map((panel) => namesOf(panel).length));
  const height = PANEL.top + PANEL.height + PANEL.bottom + longest * LEGEND_LINE;
  const drawn = drawing(chart.panels.length * PANEL.width, height);
  drawn.setOption(option(chart));
  const svg = drawn.renderToSVGString();
  drawn.dispose();
  mkdirSync(DIR, { recursive: true });
  const file = `${DIR}${name}.svg`;
  writeFileSync(file, `${svg}\n`);
  return file;
}

function option({ title, x, panels }: LineChart): object {
  const left = (i: number): number => i * PANEL.width + PANEL.left;
  return {
    animation: false,
    backgroundColor: "#ffffff",
    color: COLOURS,
    textStyle: text,
    title: [
      { text: title, left: 12, top: 8, textStyle: { ...text, fontSize: 16, fontWeight: "bold" } },
      ...panels.map((panel, i) => ({
        text: panel.title,
        left: left(i),
        top: PANEL.top - 28,
        textStyle: { ...text, fontSize: 13, fontWeight: "normal" },
      })),
    ],
    legend: panels.map((panel, i) => ({
      data: namesOf(panel),
      orient: "vertical",
      top: PANEL.top + PANEL.height + PANEL.bottom - 12,
      left: left(i),
      itemGap: LEGEND_LINE - 14,
      textStyle: text,
      selectedMode: false,
    })),
    grid: panels.map((_, i) => ({
      left: left(i),
      top: PANEL.top,
      width: PANEL.width - PANEL.left - PANEL.right,
      height: PANEL.height,
    })),
    xAxis: panels.map((panel, i) => ({ ...axis(x, valuesOf(panel, 0)), gridIndex: i, nameGap: 28 })),
    yAxis: panels.map((panel, i) => ({ ...axis(panel.y, valuesOf(panel, 1)), gridIndex: i, nameGap: 44 })),
    series: panels.flatMap((panel, i) =>
      panel.lines.map((line) => ({
        type: "line",
        name: line.name,
        data: line.points,
        xAxisIndex: i,
        yAxisIndex: i,
        symbolSize: 5,
        showSymbol: line.points.length < 15,
        itemStyle: { color: COLOURS[namesOf(panel).indexOf(line.name) % COLOURS.length] },
        lineStyle: { width: 2, type: line.dashed ? "dashed" : "solid" },
      })),
    ),
  };
}

function namesOf({ lines }: Panel): string[] {
  return [...new Set(lines.map((line) => line.name))];
}

function valuesOf({ lines }: Panel, at: 0 | 1): number[] {
  return lines.flatMap(({ points }) => points.map((point) => point[at]));
}

function axis({ name, log, min }: Axis, values: readonly number[]): object {
  const line = { lineStyle: { color: LINES } };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return {
    type: log ? "log" : "value",
    name,
    nameLocation: "middle",
    nameTextStyle: text,
    min: min ?? (log ? nice(Math.min(least, most / DECADE), "below") : 0),
    ...(log ? { max: nice(most, "above") } : { max: most > 0 ? undefined : 1 }),
    axisLabel: { ...text, formatter: label },
    axisLine: line,
    axisTick: line,
    splitLine: { show: true, ...line },
    minorSplitLine: { show: false },
  };
}

/** The next 1, 2 or 5 times a power of ten. */
function nice(value: number, side: "above" | "below"): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 5, 10].map((step) => step * power);
  return (side === "above" ? steps.find((step) => step >= value) : steps.findLast((step) => step <= value)) ?? value;
}

/** 20000 as 20k: short, and the same in every language. */
function label(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (rounded >= 1_000_000) return `${rounded / 1_000_000}M`;
  return rounded >= 10_000 ? `${rounded / 1000}k` : String(rounded);
}

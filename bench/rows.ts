// The rows that a full run measures, with their goals, and the cases beside them that are measured by name only.

import { p50, requests, toGo } from "./case-shapes.js";
import type { BenchCase } from "./cases.js";
import { SLOW, state } from "./slow-rows.js";
import { WAITING } from "./waiting-rows.js";

/** The rows of a full run; a quick one measures the first six. */
export const ROWS: readonly BenchCase[] = [
  requests({ name: "create/1/noop", bench: "create", plugins: 1, goals: p50(0.6, 1) }),
  requests({ name: "create/1/adjust", bench: "create", plugins: 1, mode: "adjust", goals: p50(0.6, 1) }),
  requests({
    name: "create/10/noop",
    bench: "create",
    plugins: 10,
    sides: ["go-go", "go-ts", "ts-ts"],
    goals: toGo("p50", "at most", { "ts-ts": 0.5, "go-ts": 0.8 }),
  }),
  requests({ name: "event/1/noop", bench: "event", plugins: 1, goals: p50(0.5, 1) }),
  requests({ name: "create/1/noop", bench: "create", plugins: 1, pinned: false, goals: p50(0.6, 1) }),
  requests({
    name: "create/1/noop/c16",
    bench: "create",
    plugins: 1,
    callers: 16,
    figures: ["requestsPerSecond"],
    goals: toGo("requestsPerSecond", "at least", { "ts-ts": 2, "ts-go": 1.2, "go-ts": 1.2 }),
  }),
  ...WAITING,
  ...SLOW,
];
/** How many rows a quick run measures. */
export const QUICK_ROWS = 6;

/** Codec alone: no plugin, so that the runtime's side counts. */
const codec = (name: string, ...options: string[]): BenchCase =>
  requests({
    name,
    bench: "codec",
    plugins: 0,
    options,
    requests: 20_000,
    sides: ["go-go", "ts-ts"],
    figures: ["encode", "decode"],
    seconds: 4,
  });

const synchronisation = (name: string, ...options: string[]): BenchCase =>
  requests({
    name,
    bench: "sync",
    plugins: 1,
    pinned: false,
    options,
    figures: ["synchronize", "abovePeak"],
    seconds: 3,
  });

/** Cases that are measured when they are named: more plugins and callers, each of it free and on one CPU; and parts of rows. */
export const MORE: readonly BenchCase[] = [
  ...[true, false]
    .flatMap((pinned) =>
      [1, 3, 10].flatMap((plugins) =>
        [1, 16].flatMap((callers) => {
          const tail = callers === 1 ? "" : `/c${callers}`;
          const figures: BenchCase["figures"] = callers === 1 ? ["p50"] : ["requestsPerSecond"];
          const both = { plugins, pinned, callers, figures };
          // a plugin's answer to an event is empty whatever its mode
          return [
            requests({ name: `create/${plugins}/noop${tail}`, bench: "create", ...both }),
            requests({ name: `create/${plugins}/adjust${tail}`, bench: "create", mode: "adjust", ...both }),
            requests({ name: `event/${plugins}/noop${tail}`, bench: "event", ...both }),
          ];
        }),
      ),
    )
    .filter((one) => !ROWS.some(({ name, pinned }) => name === one.name && pinned === one.pinned)),
  requests({
    name: "create/1/adjust/validator",
    bench: "create",
    plugins: 1,
    mode: "adjust",
    options: ["-validator", '{"Enable":true}'],
  }),
  synchronisation("sync/1000", ...state(1000)),
  synchronisation("sync/10000/lean", ...state(10_000), "-lean"),
  codec("codec/8KB"),
  codec("codec/1KB", "-lean"),
];

// Rows with plugins that wait or work before they answer: what is gained by asking several, or one for several requests, at once.
import { requests, toGo } from "./case-shapes.js";
import type { BenchCase } from "./cases.js";

const WAIT_MS = 5;
const BUSY_MS = 1;
const CALLERS = 16;
/** How many requests at once the plugins take that say so. */
const DECLARED = 4;

/** What the runtimes ask for before they measure: otherwise warming up would take a minute. */
const AT_ONCE = { "warm-up": {} };

const names = (plugins: number): readonly number[] => Array.from({ length: plugins }, (_, i) => i);

/** It is our runtime that can do something about it, with either plugin. */
const OUR_RUNTIME: BenchCase["sides"] = ["go-go", "go-ts", "ts-ts"];

/** What our runtime is told: several requests under way, events to all at once. The Go runtime has no such thing. */
const PIPELINED = ["-relay", "pipelined"];

const creations: Omit<BenchCase, "name" | "optionsOf" | "goals" | "seconds"> = requests({
  name: "",
  bench: "create",
  plugins: 3,
  mode: "scripted",
  script: { create: { ...AT_ONCE, "*": { delayMs: WAIT_MS } } },
  callers: CALLERS,
  requests: 320,
  figures: ["requestsPerSecond"],
});

const events: Omit<BenchCase, "name" | "plugins" | "goals" | "seconds"> = requests({
  name: "",
  bench: "event",
  plugins: 1,
  mode: "events-only",
  pinned: false,
  requests: 100,
  warmUp: 2000,
  sides: OUR_RUNTIME,
  optionsOf: ({ runtime }) => ({ runtime: runtime === "ts" ? PIPELINED : [] }),
});
const waiting = { events: { PostStartContainer: { ...AT_ONCE, "*": { delayMs: WAIT_MS } } } };
const busy = { events: { PostStartContainer: { ...AT_ONCE, "*": { busyMs: BUSY_MS } } } };
const oneWaiting = { label: `free/event/1/wait${WAIT_MS}ms` } as const;

/** The rows. */
export const WAITING: readonly BenchCase[] = [
  {
    ...creations,
    name: `create/3/wait${WAIT_MS}ms/c${CALLERS}`,
    optionsOf: ({ runtime }) => ({ runtime: runtime === "ts" ? [...PIPELINED, "-outstanding", "1"] : [] }),
    goals: toGo("requestsPerSecond", "at least", { "ts-ts": 2.5, "go-ts": 2.5 }),
    seconds: 6,
  },
  {
    // a Go plugin has no way to say how many it takes: there the runtime is told
    ...creations,
    name: `create/3/wait${WAIT_MS}ms/c${CALLERS}/takes${DECLARED}`,
    sides: OUR_RUNTIME,
    optionsOf: ({ plugin, runtime }) => ({
      plugin: plugin === "ts" ? ["-concurrency", String(DECLARED)] : [],
      runtime:
        runtime !== "ts"
          ? []
          : plugin === "ts"
            ? PIPELINED
            : [
                ...PIPELINED,
                "-takes",
                names(3)
                  .map((i) => `plugin${i}=${DECLARED}`)
                  .join(","),
              ],
    }),
    goals: toGo("requestsPerSecond", "at least", { "ts-ts": 6, "go-ts": 6 }),
    seconds: 6,
  },
  {
    ...events,
    name: `event/1/wait${WAIT_MS}ms`,
    plugins: 1,
    script: waiting,
    goals: [],
    seconds: 3,
  },
  {
    ...events,
    name: `event/10/wait${WAIT_MS}ms`,
    plugins: 10,
    script: waiting,
    goals: [
      { side: "ts-ts", figure: "p50", is: "at most", bound: 2, to: oneWaiting },
      { side: "go-ts", figure: "p50", is: "at most", bound: 2, to: oneWaiting },
    ],
    seconds: 9,
  },
  {
    ...events,
    name: `event/10/busy${BUSY_MS}ms`,
    plugins: 10,
    script: busy,
    goals: [],
    maxRuns: 3,
    seconds: 9,
  },
];

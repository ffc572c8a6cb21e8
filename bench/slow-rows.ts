// Rows about what happens once, seldom or for long: synchronisation, start, first requests, memory.
import { requests, toGo } from "./case-shapes.js";
import type { BenchCase } from "./cases.js";

/** How many containers are synchronised; a pod has two. */
const CONTAINERS = 10_000;
const MINUTE = ["-req-timeout", "60s", "-wait", "60s"];

/** Options for the pods and containers that exist when a plugin comes. */
export function state(containers: number): readonly string[] {
  return ["-sync-ctrs", String(containers), "-sync-pods", String(containers / 2), ...MINUTE];
}

/** The rows. */
export const SLOW: readonly BenchCase[] = [
  requests({
    name: `sync/${CONTAINERS}`,
    bench: "sync",
    plugins: 1,
    pinned: false,
    options: state(CONTAINERS),
    figures: ["synchronize", "abovePeak"],
    goals: [
      ...toGo("synchronize", "at most", { "ts-ts": 0.4, "ts-go": 0.7, "go-ts": 0.7 }),
      { side: "ts-ts", figure: "abovePeak", is: "at most", bound: 150 },
    ],
    seconds: 5,
  }),
  requests({
    name: "create/1/joining",
    bench: "joining",
    plugins: 1,
    pinned: false,
    // It is not asked about creations: one that is holds them up, so that it sees each exactly once.
    joinerOptions: ["-events", "RunPodSandbox"],
    options: ["-rate", "200", ...state(CONTAINERS)],
    requests: 5000,
    sides: ["go-go", "ts-ts"],
    figures: ["p99", "p50"],
    goals: [{ side: "ts-ts", figure: "p99", is: "at most", bound: 5000 }],
    maxRuns: 3,
    seconds: 32,
  }),
  requests({
    name: "create/1/joining/subscribed",
    bench: "joining",
    plugins: 1,
    pinned: false,
    options: ["-rate", "200", ...state(CONTAINERS)],
    requests: 5000,
    sides: ["go-go", "ts-ts"],
    figures: ["p99", "p50"],
    maxRuns: 3,
    seconds: 32,
  }),
  requests({
    name: "create/1/first",
    bench: "create",
    plugins: 1,
    built: true,
    options: ["-rest", "1s", "-pace", "10ms"],
    requests: 100,
    warmUp: 0,
    figures: ["first", "early", "p50"],
    goals: [...toGo("first", "at most", { "ts-ts": 2 }), ...toGo("early", "at most", { "ts-ts": 1 })],
    seconds: 3,
  }),
  requests({
    name: "create/1/paced",
    bench: "create",
    plugins: 1,
    options: ["-pace", "10ms"],
    requests: 200,
    goals: toGo("p50", "at most", { "ts-ts": 1 }),
    seconds: 4,
  }),
  requests({
    name: "start/external",
    bench: "start",
    plugins: 3,
    built: true,
    pinned: false,
    figures: ["registered"],
    seconds: 1,
  }),
  requests({
    name: "create/1/memory",
    bench: "create",
    plugins: 1,
    built: true,
    options: ["-mark", "3000"],
    requests: 300_000,
    warmUp: 0,
    sides: ["go-go", "ts-ts"],
    figures: ["runtimeLate", "runtimeEarly", "pluginLate", "pluginEarly"],
    goals: [
      { side: "ts-ts", figure: "runtimeLate", is: "at most", bound: 1.1, to: { figure: "runtimeEarly" } },
      { side: "ts-ts", figure: "pluginLate", is: "at most", bound: 1.1, to: { figure: "pluginEarly" } },
    ],
    maxRuns: 1,
    seconds: 40,
  }),
];

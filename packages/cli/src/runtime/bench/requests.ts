// Measures requests: each is new and made before its clock starts, because plugins' changes go into it.
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import type { Adaptation } from "@nri/adaptation";
import { CreateContainerRequest } from "@nri/protocol";
import { hexId } from "./objects.js";
import { collectGarbage, memory, usage } from "./process-facts.js";
import { profiled } from "./profile.js";

/** What is measured. */
export interface RequestsOptions {
  readonly kind: "create" | "event";
  readonly template: CreateContainerRequest;
  readonly requests: number;
  readonly warmUp: number;
  readonly callers: number;
  /** From the start of one request to that of the next, of one caller; 0 is none. */
  readonly paceMs: number;
  /** How long nothing is asked before the first request. */
  readonly restMs: number;
  /** After so many requests, of one caller, memory is read; 0 is never. */
  readonly mark: number;
  /** Processes of the plugins. */
  readonly pids: readonly number[];
  /** Where a CPU profile of the measured part goes. */
  readonly profile: string | undefined;
}

/** The second to tenth request. */
const EARLY = [1, 10] as const;
/** So many requests are made to see what making one costs. */
const MADE = 1000;

/** Latencies, and what a request costs, for the result line. */
export async function measureRequests(adaptation: Adaptation, options: RequestsOptions): Promise<object> {
  const { kind, template, requests, warmUp, callers, pids } = options;
  const request = requestMaker(template);
  const ask: Ask = kind === "create" ? adaptation.createContainer : adaptation.postStartContainer;
  const idle = { idle_rss_kb: memory(process.pid, "VmRSS"), idle_plugin_rss_kb: pids[0] && memory(pids[0], "VmRSS") };
  await setTimeout(options.restMs);
  const warm = new Float64Array(warmUp);
  if (callers <= 1) await inTurn(ask, warming(request), warm, { paceMs: 0 });
  else await atOnce(ask, warming(request), warm, callers);

  // Filled: the memory that latencies take is there before any is measured.
  const latencies = new Float64Array(requests).fill(1);
  const ready = callers <= 1 ? request : allMade(request, requests);
  const before = usage(pids);
  let marked = {};
  const mark = (done: number): void => {
    if (done !== options.mark) return;
    marked = { mark_rss_kb: memory(process.pid, "VmRSS"), mark_plugin_rss_kb: pids[0] && memory(pids[0], "VmRSS") };
  };
  const wallMs = await profiled(options.profile, () =>
    callers <= 1 ? inTurn(ask, ready, latencies, options, mark) : atOnce(ask, ready, latencies, callers),
  );
  const after = usage(pids);
  const early = { first_us: (latencies[0] ?? 0) * 1000, early_us: percentiles(latencies.slice(...EARLY)).p50_us };
  return {
    ...idle,
    ...early,
    ...percentiles(latencies),
    rps: requests / (wallMs / 1000),
    cpu_us_per_req: (after.own - before.own) / requests,
    make_us_per_req: callers <= 1 ? costOfMaking(request) : 0,
    plugin_cpu_us_per_req: (after.others - before.others) / requests,
    ctxsw_per_req: (after.switches - before.switches) / requests,
    plugin_ctxsw_per_req: (after.otherSwitches - before.otherSwitches) / requests,
    ...marked,
  };
}

/** Requests before those that are measured have a name of their own: a script can answer them without the wait of the others. */
function warming(request: MakeRequest): MakeRequest {
  return (i) => {
    const one = request(i);
    if (one.container) one.container.name = "warm-up";
    return one;
  };
}

/** Requests for callers at the same time exist before the clock starts, and what making them left behind is gone. */
function allMade(request: MakeRequest, count: number): MakeRequest {
  const all = Array.from({ length: count }, (_, i) => request(i));
  collectGarbage();
  return (i) => all[i] ?? request(i);
}

/** Processor time of making one request, which is part of what one caller in turn uses. */
function costOfMaking(request: MakeRequest): number {
  const before = usage([]).own;
  for (let i = 0; i < MADE; i++) request(i);
  return (usage([]).own - before) / MADE;
}

/** One call of the adaptation. */
export type Ask = (one: CreateContainerRequest) => Promise<unknown>;

type MakeRequest = (i: number) => CreateContainerRequest;

/** Makes requests like the template, each for a container of its own. */
export function requestMaker(template: CreateContainerRequest): MakeRequest {
  return (i) => {
    const copy = CreateContainerRequest.create(template);
    if (copy.container) copy.container.id = hexId(i);
    return copy;
  };
}

/** Microseconds, of times in milliseconds; sorts them. */
export function percentiles(times: Float64Array): Record<"p50_us" | "p90_us" | "p99_us" | "max_us" | "min_us", number> {
  times.sort();
  const us = (q: number): number => (times[Math.floor(q * (times.length - 1) + 0.5)] ?? 0) * 1000;
  return { p50_us: us(0.5), p90_us: us(0.9), p99_us: us(0.99), max_us: us(1), min_us: us(0) };
}

/** The time of all calls together, without what is between them. */
async function inTurn(
  ask: Ask,
  request: MakeRequest,
  latencies: Float64Array,
  { paceMs }: Pick<RequestsOptions, "paceMs">,
  done: (count: number) => void = () => undefined,
): Promise<number> {
  let wallMs = 0;
  const begin = performance.now();
  for (let i = 0; i < latencies.length; i++) {
    const one = request(i);
    const early = begin + i * paceMs - performance.now();
    if (early > 0) await setTimeout(early);
    const start = performance.now();
    await ask(one);
    const took = performance.now() - start;
    latencies[i] = took;
    wallMs += took;
    done(i + 1);
  }
  return wallMs;
}

async function atOnce(ask: Ask, request: MakeRequest, latencies: Float64Array, callers: number): Promise<number> {
  let next = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    for (let i = next++; i < latencies.length; i = next++) {
      const one = request(i);
      const began = performance.now();
      await ask(one);
      latencies[i] = performance.now() - began;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return performance.now() - start;
}

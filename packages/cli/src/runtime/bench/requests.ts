// Measures requests: each is new and made before its clock starts, because plugins' changes go into it.
import { performance } from "node:perf_hooks";
import type { Adaptation } from "@nri/adaptation";
import { CreateContainerRequest } from "@nri/protocol";
import { hexId } from "./objects.js";
import { memory, usage } from "./process-facts.js";
import { profiled } from "./profile.js";

/** What is measured. */
export interface RequestsOptions {
  readonly kind: "create" | "event";
  readonly template: CreateContainerRequest;
  readonly requests: number;
  readonly warmUp: number;
  readonly callers: number;
  /** Processes of the plugins. */
  readonly pids: readonly number[];
  /** Where a CPU profile of the measured part goes. */
  readonly profile: string | undefined;
}

/** Latencies, and what a request costs, for the result line. */
export async function measureRequests(adaptation: Adaptation, options: RequestsOptions): Promise<object> {
  const { kind, template, requests, warmUp, callers, pids } = options;
  const request = requestMaker(template);
  const ask: (one: CreateContainerRequest) => Promise<unknown> =
    kind === "create" ? adaptation.createContainer : adaptation.postStartContainer;
  const idle = { idle_rss_kb: memory(process.pid, "VmRSS"), idle_plugin_rss_kb: pids[0] && memory(pids[0], "VmRSS") };
  for (let i = 0; i < warmUp; i++) await ask(request(i));

  const latencies = new Float64Array(requests);
  const before = usage(pids);
  const wallMs = await profiled(options.profile, () =>
    callers <= 1 ? inTurn(ask, request, latencies) : atOnce(ask, request, latencies, callers),
  );
  const after = usage(pids);
  return {
    ...idle,
    ...percentiles(latencies),
    rps: requests / (wallMs / 1000),
    cpu_us_per_req: (after.own - before.own) / requests,
    plugin_cpu_us_per_req: (after.others - before.others) / requests,
    ctxsw_per_req: (after.switches - before.switches) / requests,
    plugin_ctxsw_per_req: (after.otherSwitches - before.otherSwitches) / requests,
  };
}

/** One call of the adaptation. */
export type Ask = (one: CreateContainerRequest) => Promise<unknown>;

/** Makes requests like the template, each for a container of its own. */
export function requestMaker(template: CreateContainerRequest): (i: number) => CreateContainerRequest {
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
  request: (i: number) => CreateContainerRequest,
  latencies: Float64Array,
): Promise<number> {
  let wallMs = 0;
  for (let i = 0; i < latencies.length; i++) {
    const one = request(i);
    const start = performance.now();
    await ask(one);
    const took = performance.now() - start;
    latencies[i] = took;
    wallMs += took;
  }
  return wallMs;
}

async function atOnce(
  ask: Ask,
  request: (i: number) => CreateContainerRequest,
  latencies: Float64Array,
  callers: number,
): Promise<number> {
  const all = Array.from(latencies, (_, i) => request(i));
  let next = 0;
  const start = performance.now();
  const caller = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) {
      const one = all[i];
      if (one === undefined) return;
      const began = performance.now();
      await ask(one);
      latencies[i] = performance.now() - began;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return performance.now() - start;
}

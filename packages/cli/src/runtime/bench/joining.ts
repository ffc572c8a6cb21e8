// Creations at a steady rate, while another plugin joins, is synchronized and ends, again and again.
import { performance } from "node:perf_hooks";
import type { Adaptation } from "@nri/adaptation";
import type { CreateContainerRequest } from "@nri/protocol";
import { SpawnedPlugins } from "../spawned.js";
import { type Ask, percentiles, requestMaker } from "./requests.js";

/** What is measured. */
export interface JoiningOptions {
  readonly template: CreateContainerRequest;
  readonly requests: number;
  readonly warmUp: number;
  /** Creations per second. */
  readonly rate: number;
  /** How the plugin that joins is started, each time; as `--spawn-cmd`. */
  readonly command: string;
  readonly place: { readonly socket: string; readonly cwd: string };
  /** How long one start may take until it is synchronized. */
  readonly waitTimeoutMs: number;
}

/** Index of the plugin that joins: others are spawned from 0. */
const JOINER = 90;

/**
 * Latencies for the result line: from the moment at which each creation is due, and, as `call_...`, from its call. The clock
 * starts when the plugin joins for the first time.
 */
export async function measureJoining(adaptation: Adaptation, options: JoiningOptions): Promise<object> {
  const { template, requests, warmUp, rate } = options;
  const request = requestMaker(template);
  for (let i = 0; i < warmUp; i++) await adaptation.createContainer(request(i));
  const run = { isOver: false, joined: 0 };
  const joining = joinAgain(adaptation, options, run);
  try {
    const measured = await Promise.race([atRate(adaptation.createContainer, request, requests, rate), joining]);
    run.isOver = true;
    await joining;
    return { rate, ...measured, joined: run.joined };
  } finally {
    run.isOver = true;
  }
}

/** Starts the plugin, waits until it is in, and ends it, until all is over. Rejects when it does not come. */
async function joinAgain(
  adaptation: Adaptation,
  { command, place, waitTimeoutMs }: JoiningOptions,
  run: { isOver: boolean; joined: number },
): Promise<object> {
  const others = adaptation.plugins.length;
  while (!run.isOver) {
    const joiner = new SpawnedPlugins();
    try {
      const joined = (): Promise<unknown> => adaptation.waitForPlugins(others + 1, { timeoutMs: waitTimeoutMs });
      await joiner.start(1, command, place, joined, JOINER);
      run.joined++;
    } finally {
      await joiner.end(0);
    }
  }
  return {};
}

/** Calls when it is time, whether or not the calls before it are answered. */
async function atRate(
  ask: Ask,
  request: (i: number) => CreateContainerRequest,
  requests: number,
  rate: number,
): Promise<object> {
  const sinceDue = new Float64Array(requests);
  const sinceCall = new Float64Array(requests);
  const answers: Promise<void>[] = [];
  const start = performance.now();
  for (let i = 0; i < requests; i++) {
    const one = request(i);
    const due = start + (i * 1000) / rate;
    const left = due - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    const called = performance.now();
    const answered = ask(one).then(() => {
      const now = performance.now();
      sinceDue[i] = now - due;
      sinceCall[i] = now - called;
    });
    answered.catch(() => undefined); // seen below
    answers.push(answered);
  }
  await Promise.all(answers);
  const seconds = (performance.now() - start) / 1000;
  const { p50_us, p99_us, max_us } = percentiles(sinceCall);
  return {
    ...percentiles(sinceDue),
    call_p50_us: p50_us,
    call_p99_us: p99_us,
    call_max_us: max_us,
    rps: requests / seconds,
  };
}

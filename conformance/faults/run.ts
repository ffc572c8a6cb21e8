// All rounds of a run: faults x calls x policies, several runtimes at a time, and what was left behind.

import { policies, startLab } from "./lab.js";
import { type Holdings, holdings, leakedAfter } from "./leaks.js";
import { inProcessOfItsOwn } from "./mortal.js";
import { inProcess, play, type Round } from "./round.js";
import { CALLS, FAULTS, type Fault, type FaultyCall, isTimed, POLICIES, type Policy } from "./table.js";

/** How much is tried. */
export interface RunOptions {
  /** Rounds of each fault in each call over sockets of this process; each policy gets its share, in turn. */
  readonly rounds: number;
  /** Rounds of a death in each call by plugins in processes of their own. */
  readonly processRounds: number;
  /** Decides where policies begin, and how often a plugin fails that is asked again. */
  readonly seed: number;
  /** Only calls and faults whose name contains this. */
  readonly only?: string | undefined;
  /** Told about each finished part. */
  readonly progress?: (line: string) => void;
}

/** What came of it. */
export interface RunResult {
  readonly rounds: number;
  readonly processRounds: number;
  /** What was not as it must be; at most `MAX_PROBLEMS` lines. */
  readonly problems: readonly string[];
  /** What the process holds after all and did not before. */
  readonly leaked: readonly string[];
}

const MAX_PROBLEMS = 200;
/** A number of strikes that no round uses up. */
const ALWAYS = 1_000_000;
/** Shorter than the registration time-out: a timer of that must not go by itself meanwhile. */
const LEAK_MS = 3000;
/** Runtimes at a time: most of a round is waiting for a deadline. */
const WIDTH = 8;

interface Part {
  readonly call: FaultyCall;
  readonly policy: Policy;
  readonly timed: boolean;
  readonly faults: readonly Fault[];
}

/** Plays all rounds. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { only = "", progress = () => undefined } = options;
  const problems: string[] = [];
  const count = { rounds: 0, processRounds: 0 };
  // What Node.js keeps for good from its first socket and its first line of output on is there already.
  await (await startLab())[Symbol.asyncDispose]();
  void [process.stdout, process.stderr];
  const before: Holdings = holdings();
  const parts = CALLS.flatMap((call) =>
    POLICIES.flatMap((policy) =>
      [true, false].map((timed): Part => {
        const faults = FAULTS.filter((fault) => isTimed(fault) === timed && `${call.method} ${fault}`.includes(only));
        return { call, policy, timed, faults };
      }),
    ),
  ).filter(({ faults }) => faults.length > 0);

  let number = 0;
  const playPart = async ({ call, policy, timed, faults }: Part): Promise<void> => {
    const offset = POLICIES.indexOf(policy) + options.seed;
    const mine = (all: number, salt: number): number[] =>
      Array.from({ length: all }, (_, i) => i).filter((i) => (i + offset + salt) % POLICIES.length === 0);
    await using lab = await startLab({ policies: policies(policy, call, timed) });
    for (const fault of faults) {
      const round = (i: number): Round => {
        // Asked again, a plugin fails once or always.
        const strikes = policy === "retry" && (i + options.seed) % 8 < 4 ? 1 : ALWAYS;
        return { call, fault, policy, strikes, number: number++ };
      };
      for (const i of mine(options.rounds, CALLS.indexOf(call))) {
        problems.push(...(await play(lab, round(i), inProcess)));
        count.rounds++;
      }
      if (fault !== "death") continue;
      for (const i of mine(options.processRounds, CALLS.indexOf(call))) {
        problems.push(...(await play(lab, round(i), inProcessOfItsOwn)).map((text) => `${text} (process)`));
        count.processRounds++;
      }
    }
    progress(`${call.method} ${policy}${timed ? " (deadlines)" : ""}: ${problems.length} problems so far`);
  };

  const waiting = [...parts];
  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) await playPart(part);
    }),
  );
  const leaked = await leakedAfter(before, LEAK_MS);
  return { ...count, problems: problems.slice(0, MAX_PROBLEMS), leaked };
}

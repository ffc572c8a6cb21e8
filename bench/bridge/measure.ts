// A container's life through runc itself and through its wrapper, call by call.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { shuffled } from "../statistics.js";
import { type BridgeLab, CALLED, type Called } from "./lab.js";

/** The calls of one life, in their order. */
export const CALLS = ["create", "start", "state", "exec", "kill", "delete"] as const;
/** One of them. */
export type Call = (typeof CALLS)[number];

/** Milliseconds of each call, by who was called; one value for each life. */
export type BridgeRuns = ReadonlyMap<Called, ReadonlyMap<Call, number[]>>;

const ENDED_MS = 10_000;

/** Plays lives: in each round one for everybody, in another order. */
export async function measureBridge(lab: BridgeLab, rounds: number): Promise<BridgeRuns> {
  const runs = new Map(CALLED.map((called) => [called, new Map<Call, number[]>(CALLS.map((call) => [call, []]))]));
  for (let round = 0; round < rounds; round++) {
    for (const called of shuffled([...CALLED])) {
      for (const [call, ms] of await life(lab, called, `bench-${called}-${round}`))
        runs.get(called)?.get(call)?.push(ms);
    }
  }
  return runs;
}

async function life(lab: BridgeLab, called: Called, id: string): Promise<[Call, number][]> {
  const words: Readonly<Record<Call, readonly string[]>> = {
    create: ["create", "--bundle", lab.bundle, id],
    start: ["start", id],
    state: ["state", id],
    exec: ["exec", id, "true"],
    kill: ["kill", id, "KILL"],
    delete: ["delete", id],
  };
  const took: [Call, number][] = [];
  for (const call of CALLS) {
    if (call === "delete") await ended(lab, id);
    const begin = performance.now();
    await run([...lab.command(called), "--root", lab.root, ...words[call]]);
    took.push([call, performance.now() - begin]);
  }
  return took;
}

/** Waits until the container's process is gone. */
async function ended(lab: BridgeLab, id: string): Promise<void> {
  const until = Date.now() + ENDED_MS;
  for (;;) {
    const { status } = JSON.parse(await run([...lab.command("runc"), "--root", lab.root, "state", id])) as {
      status: string;
    };
    if (status === "stopped") return;
    if (Date.now() > until) throw new Error(`container ${id} did not end`);
  }
}

async function run([program = "", ...args]: readonly string[]): Promise<string> {
  // The container of `create` keeps the streams: none of them is a pipe that would be waited for, but for what is read.
  const reads = args.includes("state");
  const child = spawn(program, args, { stdio: ["ignore", reads ? "pipe" : "ignore", "inherit"] });
  let text = "";
  child.stdout?.on("data", (chunk) => (text += String(chunk)));
  const [code] = (await once(child, reads ? "close" : "exit")) as [number | null];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: exit code ${code}`);
  return text;
}

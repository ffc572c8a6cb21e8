// One round of everything about the start, in random order.
import { execFileSync } from "node:child_process";
import { lastLine } from "../measure.js";
import { type GoPrograms, nri, type Side } from "../sides.js";
import { shuffled } from "../statistics.js";
import { type FirstRequests, firstByteUs, firstRequests, restingKb } from "./launched.js";
import { FORMS, type Form, type Programs } from "./programs.js";

/** The plugin without warm-up, beside its forms. */
export type Asked = Form | "executable, no warm-up";

/** What all rounds gave, one value for each. */
export class StartRuns {
  /** Launched until registered, by plugin's form and runtime's language. */
  readonly registeredUs = new Map<`${Form}-${"go" | "ts"}`, number[]>();
  /** Until the first byte. */
  readonly firstByteUs = new Map<Form | "empty", number[]>();
  readonly requests = new Map<Asked, FirstRequests[]>();
  readonly emptyRssKb: number[] = [];
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  map.set(key, [...(map.get(key) ?? []), value]);
}

/** One round. `sides` chooses the runtimes. */
export async function measureStart(
  runs: StartRuns,
  programs: Programs,
  go: GoPrograms,
  sides: readonly Side[],
): Promise<void> {
  const request = createRequest(go);
  const runtimes = (["go", "ts"] as const).filter((language) => sides.some((side) => side.endsWith(`-${language}`)));
  const jobs: (() => Promise<void>)[] = [
    async () => add(runs.firstByteUs, "empty", await firstByteUs(programs.empty)),
    async () => void runs.emptyRssKb.push(await restingKb(programs.empty)),
    async () => {
      const cold = await firstRequests(programs.program("executable"), request, { BENCH_WARM_UP: "off" });
      add(runs.requests, "executable, no warm-up", cold);
    },
  ];
  for (const form of FORMS) {
    jobs.push(async () => add(runs.firstByteUs, form, await firstByteUs(programs.program(form))));
    jobs.push(async () => add(runs.requests, form, await firstRequests(programs.program(form), request)));
    for (const runtime of runtimes) {
      jobs.push(async () =>
        add(runs.registeredUs, `${form}-${runtime}`, await registeredUs(programs.folder(form), runtime, go)),
      );
    }
  }
  for (const job of shuffled(jobs)) await job();
}

/** The request that all creations are measured with. */
function createRequest(go: GoPrograms): Uint8Array {
  const { hex } = JSON.parse(execFileSync(go.refruntime, ["-bench", "dump"], { encoding: "utf8" })) as { hex: string };
  return Buffer.from(hex, "hex");
}

async function registeredUs(folder: string, runtime: "go" | "ts", go: GoPrograms): Promise<number> {
  const command = runtime === "go" ? [go.refruntime] : [process.execPath, nri, "runtime"];
  const [program = "", ...args] = [...command, "-plugin-path", folder, "-conf-dir", folder, "-bench", "start"];
  const socket = runtime === "go" ? ["-socket", `${folder}.sock`] : [];
  const line = JSON.parse(await lastLine(program, [...args, ...socket], `start in ${runtime}`)) as {
    launch_to_registered_us: number[];
  };
  const [took] = line.launch_to_registered_us;
  if (took === undefined) throw new Error(`start in ${runtime}: no plugin was launched from ${folder}`);
  return took;
}

// Our plugin in our runtime, once, with a CPU profile of each end.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type BenchCase, label } from "./cases.js";
import { measure } from "./measure.js";
import { hottest } from "./profile.js";
import { nri, type Programs } from "./sides.js";

const DIR = fileURLToPath(new URL("../.cache/profile", import.meta.url));
const HOTTEST = 40;

/** Runs it, and says where the profiles are and which functions were seen most in them. */
export async function profileCase(one: BenchCase): Promise<string> {
  mkdirSync(DIR, { recursive: true });
  const node = (file: string): string =>
    `${process.execPath} --cpu-prof --cpu-prof-dir=${DIR} --cpu-prof-name=${file}.cpuprofile`;
  const programs: Programs = {
    plugin: new Map([["ts", `${node("plugin-{idx}")} ${nri} plugin`]]),
    runtime: new Map([["ts", `${node("runtime")} ${nri} runtime`]]),
  };
  const { p50_us } = await measure(one, "ts-ts", programs);
  const hot = ["runtime", "plugin-00"].map(
    (who) => `\n${who}, share of samples by function itself:\n${hottest(`${DIR}/${who}.cpuprofile`, HOTTEST)}`,
  );
  return [`${label(one)}, profiled: p50 ${p50_us?.toFixed(1)} us, profiles in ${DIR}`, ...hot].join("\n");
}

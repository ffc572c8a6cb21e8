// `npm run test:faults`: the full run, with what was tried and what was found in one place.
import { parseArgs } from "node:util";
import { crowds } from "./crowds.js";
import { run } from "./run.js";
import { CALLS, FAULTS, POLICIES } from "./table.js";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "200" },
    "process-rounds": { type: "string", default: "20" },
    creates: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    only: { type: "string" },
  },
});
const number = (name: "rounds" | "process-rounds" | "creates" | "seed"): number => {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} ${values[name]}: no number`);
  return value;
};
const seed = number("seed");
const started = performance.now();
console.log(
  `${FAULTS.length} faults x ${CALLS.length} calls x ${POLICIES.length} policies, ${values.rounds} rounds a fault and call, ` +
    `${values["process-rounds"]} deaths of processes a call, seed ${seed}, ${new Date().toISOString()}`,
);
const faults = await run({
  rounds: number("rounds"),
  processRounds: number("process-rounds"),
  seed,
  only: values.only,
  progress: (line) => console.error(line),
});
console.log(`${faults.rounds} rounds over sockets, ${faults.processRounds} with processes`);
const problems = [...faults.problems, ...faults.leaked.map((line) => `left behind: ${line}`)];
if (values.only === undefined) {
  for (const { what, problems: found } of await crowds({ creates: number("creates"), seed })) {
    console.log(`${what}: ${found.length === 0 ? "ok" : `${found.length} problems`}`);
    problems.push(...found);
  }
}
for (const problem of problems) console.log(problem);
console.log(`${problems.length} problems in ${Math.round((performance.now() - started) / 1000)} s`);
process.exitCode = problems.length === 0 ? 0 : 1;

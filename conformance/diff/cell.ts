// A batch with one implementation on each end: starts runtime and plugins, asks everything, reads what everybody saw.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { LinesProcess } from "./lines-process.js";
import { type Answer, type Batch, displayName, lineOf, subjectOf } from "./scenario.js";
import type { Side } from "./sides.js";

/** Who is on either end. */
export interface Ends {
  readonly runtime: Side;
  readonly plugin: Side;
}

/** What came out of one step. */
export interface Outcome {
  readonly ok: boolean;
  readonly res?: JsonValue;
  readonly error?: string;
  readonly code?: number;
  readonly panic?: string;
}

/** What came out of one scenario. */
export interface ScenarioOutcome {
  /** By step; undefined where the runtime was gone. */
  readonly answers: (Outcome | undefined)[];
  /** What each plugin saw, by method. */
  readonly seen: { [plugin: string]: { [method: string]: JsonValue[][] } };
}

/** What came out of a batch. */
export interface CellResult {
  readonly scenarios: ScenarioOutcome[];
  /** What belongs to no scenario: configuration, synchronisation, what plugins asked for of themselves. */
  readonly around: JsonObject;
  /** Why the runtime ended before the last step. */
  readonly died?: string;
}

const ANSWER_TIMEOUT_MS = 60_000;
const UNSOLICITED_TIMEOUT_MS = 10_000;
const UNSOLICITED_GAP_MS = 25;
/** Far above anything that a busy machine needs; nothing here is slow on purpose. */
export const REQUEST_TIMEOUT = "30s";

interface Line extends Partial<Outcome> {
  readonly op?: string;
  readonly event?: string;
  readonly pid?: number;
  readonly req?: JsonValue;
}

/** How often a batch is begun anew because not all plugins joined: a plugin waits only 5 s for its registration. */
const MAX_STARTS = 3;

/** The plugins of a batch did not all join; nothing was asked yet. */
class NotJoined extends Error {}

/** Runs a batch. */
export async function runCell(batch: Batch, ends: Ends): Promise<CellResult> {
  for (let start = 1; ; start++) {
    try {
      return await runOnce(batch, ends);
    } catch (error) {
      if (!(error instanceof NotJoined) || start === MAX_STARTS) throw error;
    }
  }
}

async function runOnce(batch: Batch, ends: Ends): Promise<CellResult> {
  const dir = mkdtempSync(join(tmpdir(), "nri-diff-"));
  try {
    return await runIn(dir, batch, ends);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function runIn(dir: string, { world, scenarios }: Batch, ends: Ends): Promise<CellResult> {
  const socket = join(dir, "nri.sock");
  const runtimeArgs = ["-socket", socket, "-name", "diff", "-version", "v1.2.3", "-req-timeout", REQUEST_TIMEOUT];
  runtimeArgs.push("-reg-timeout", REQUEST_TIMEOUT, "-wait", REQUEST_TIMEOUT);
  if (world.validator !== undefined) runtimeArgs.push("-validator", JSON.stringify(world.validator));
  const [command, ...args] = ends.runtime.runtime;
  const runtime = new LinesProcess(command, [...args, ...runtimeArgs], ends.runtime.environment);
  const running = [runtime];
  try {
    return await talk(dir, socket, { world, scenarios }, ends, running);
  } finally {
    await Promise.all(running.map((one) => one[Symbol.asyncDispose]()));
  }
}

async function talk(
  dir: string,
  socket: string,
  { world, scenarios }: Batch,
  ends: Ends,
  running: LinesProcess[],
): Promise<CellResult> {
  const runtime = running[0] as LinesProcess;
  const { command } = runtime;
  const events: Line[] = [];
  const answer = async (): Promise<Line | undefined> => {
    for (;;) {
      const text = await runtime.line(ANSWER_TIMEOUT_MS);
      if (text === undefined) return undefined;
      // a spec's numbers of 64 bits keep their digits, as texts
      const line = JSON.parse(
        text.slice(0, 60).includes('"op":"ApplyAdjustment"') ? text.replace(/:(-?\d{16,})(?=[,}\]])/g, ':"$1"') : text,
      );
      if (line.event === undefined) return line;
      events.push(line);
      if (line.event === "Ready") return line;
    }
  };
  const ask = async (op: string, more: JsonObject): Promise<Line> => {
    runtime.write(`${JSON.stringify({ op, ...more })}\n`);
    const line = await answer();
    if (line?.ok !== true) throw new Error(`${command}: ${op}: ${JSON.stringify(line)}\n${runtime.stderr}`);
    return line;
  };
  const ready = await answer();
  if (ready?.event !== "Ready") throw new Error(`${command} did not start: ${runtime.stderr}`);
  // nobody else may answer for it
  if (ready.pid !== runtime.pid) throw new Error(`Ready came from process ${ready.pid}, not ${runtime.pid}`);
  if (world.state !== undefined) await ask("SetState", { req: world.state });
  if (world.failed !== undefined) await ask("SetFailed", { req: { failed: [...world.failed] } });
  if (world.updateError !== undefined) await ask("SetUpdateError", { req: world.updateError });

  const records = world.plugins.map((plugin, nth) => {
    const file = join(dir, `script-${nth}.json`);
    writeFileSync(file, JSON.stringify(scriptOf({ world, scenarios }, nth)));
    const record = join(dir, `record-${nth}`);
    const own = ["-idx", plugin.index, "-name", plugin.name, "-socket", socket, "-mode", "scripted", "-script", file];
    own.push("-record", record);
    if (plugin.events !== undefined) own.push("-events", plugin.events.join(","));
    if (plugin.validates) own.push("-validate");
    const [program, ...before] = ends.plugin.plugin;
    running.push(new LinesProcess(program, [...before, ...own], ends.plugin.environment));
    return record;
  });
  const builtin = world.validator?.Enable === true ? 1 : 0;
  try {
    await ask("WaitPlugins", { n: world.plugins.length + builtin });
  } catch (error) {
    throw new NotJoined(error instanceof Error ? error.message : String(error));
  }

  const asked = scenarios.reduce((sum, { steps }) => sum + steps.length, 0);
  const wanted = world.plugins.map(({ unsolicited = [] }) => unsolicited.length);
  await waitForUnsolicited(records, wanted);
  runtime.write(scenarios.flatMap(({ steps }) => steps.map((step) => `${lineOf(step)}\n`)).join(""));
  const answers: (Outcome | undefined)[] = [];
  let died: string | undefined;
  while (answers.length < asked) {
    const line = await answer();
    if (line === undefined) {
      died = `${command} ended (${await runtime.exited}): ${runtime.stderr.slice(-1500)}`;
      break;
    }
    const { op, ...outcome } = line;
    answers.push(outcome as Outcome);
  }
  return collected({ world, scenarios }, answers, records, events, died);
}

/** Waits until what plugins ask for of themselves is answered: it must not fall among the requests. */
async function waitForUnsolicited(records: readonly string[], wanted: readonly number[]): Promise<void> {
  const end = Date.now() + UNSOLICITED_TIMEOUT_MS;
  for (const [nth, record] of records.entries()) {
    while ((wanted[nth] ?? 0) > 0) {
      const got = existsSync(record) ? readFileSync(record, "utf8").split('"UpdateContainers:result"').length - 1 : 0;
      if (got >= (wanted[nth] ?? 0)) break;
      if (Date.now() > end) throw new Error(`${record}: ${got} of ${wanted[nth]} unsolicited updates answered`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Everything that one plugin will be asked. */
function scriptOf({ world, scenarios }: Batch, nth: number): JsonObject {
  const create: [string, JsonValue][] = [];
  const update: [string, JsonValue][] = [];
  const stop: [string, JsonValue][] = [];
  const validate: [string, JsonValue][] = [];
  const events = new Map<string, [string, JsonValue][]>();
  const places: { [op: string]: [string, JsonValue][] } = {
    CreateContainer: create,
    UpdateContainer: update,
    StopContainer: stop,
  };
  for (const step of scenarios.flatMap(({ steps }) => steps)) {
    const answer = step.answers[nth];
    if (answer === null || answer === undefined) continue;
    const subject = subjectOf(step);
    const { reject, ...rest } = answer as Answer & JsonObject;
    if (reject !== undefined) validate.push([subject, { error: reject }]);
    let place = places[step.op] ?? events.get(step.op);
    if (place === undefined) {
      place = [];
      events.set(step.op, place);
    }
    place.push([subject, rest as JsonObject]);
  }
  const plugin = world.plugins[nth];
  return {
    create: Object.fromEntries(create),
    update: Object.fromEntries(update),
    stop: Object.fromEntries(stop),
    validate: Object.fromEntries(validate),
    events: Object.fromEntries(Array.from(events, ([op, answers]) => [op, Object.fromEntries(answers)])),
    ...(plugin?.sync ? { sync: { update: [...plugin.sync] } } : {}),
    ...(plugin?.unsolicited
      ? { unsolicited: plugin.unsolicited.map((list, n) => ({ afterMs: n * UNSOLICITED_GAP_MS, update: [...list] })) }
      : {}),
  };
}

/** Sorts what was answered and recorded by scenario. */
function collected(
  { world, scenarios }: Batch,
  answers: readonly (Outcome | undefined)[],
  records: readonly string[],
  events: readonly Line[],
  died: string | undefined,
): CellResult {
  let next = 0;
  const outcomes = scenarios.map(
    ({ steps }): ScenarioOutcome => ({ answers: steps.map(() => answers[next++]), seen: {} }),
  );
  const byName = new Map(scenarios.map(({ name }, index) => [name, outcomes[index]]));
  const around: { [plugin: string]: JsonValue } = {};
  for (const [nth, record] of records.entries()) {
    const plugin = displayName(world.plugins[nth] as Batch["world"]["plugins"][number]);
    const apart: JsonValue[] = [];
    for (const line of existsSync(record) ? readFileSync(record, "utf8").split("\n") : []) {
      if (line === "") continue;
      const { method, args } = JSON.parse(line) as { method: string; args: JsonValue[] };
      const outcome = byName.get(subjectSeen(method, args));
      if (AROUND.has(method) || outcome === undefined) apart.push({ method, args });
      else seenBy(outcome, plugin, method).push(args);
    }
    around[plugin] = apart;
  }
  const told = (kind: string) =>
    events
      .filter(({ event }) => event === kind)
      .map(({ res, req, error }) => ({
        ...(res ? { res } : {}),
        ...(req ? { req } : {}),
        ...(error ? { error } : {}),
      }));
  around.synchronized = told("Synchronized") as JsonValue;
  around.unsolicited = told("UpdateContainers") as JsonValue;
  return { scenarios: outcomes, around, ...(died === undefined ? {} : { died }) };
}

// Closed comes after the last request, or not, as it happens.
const AROUND = new Set([
  "Configure",
  "Synchronize",
  "Shutdown",
  "UpdateContainers:result",
  "UpdateContainers:error",
  "Closed",
]);

function seenBy({ seen }: ScenarioOutcome, plugin: string, method: string): JsonValue[][] {
  seen[plugin] ??= {};
  const methods = seen[plugin];
  methods[method] ??= [];
  return methods[method];
}

function subjectSeen(method: string, args: readonly JsonValue[]): string {
  const first = args[0] as JsonObject | undefined;
  const subject = method.startsWith("Validate") ? first?.container : method.endsWith("PodSandbox") ? first : args[1];
  const name = (subject as JsonObject | undefined)?.name;
  return typeof name === "string" ? name : "";
}

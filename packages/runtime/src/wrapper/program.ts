/**
 * The wrapper as a Node.js program: what the script has no means for, which is to run in the foreground, with signals handed
 * on, and to make resources of options. It does what the script does otherwise.
 *
 * @packageDocumentation
 */

import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorText } from "../error-text.js";
import type { Answer } from "../lease.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { appears, readOwnSpec, readSpec, replaceSpec, restoreSpec } from "./bundle.js";
import { type Ended, runRuntime } from "./child.js";
import { LeaseClient, NoDaemon } from "./client.js";
import { type CommandLine, lastOf, readCommandLine } from "./command-line.js";
import { type RuntimeLog, tellFailure } from "./failure.js";
import { FLAVOURS } from "./flavour.js";
import { type LimitResources, limitResources } from "./limit-options.js";
import { type ProgramOptions, readProgramOptions } from "./program-options.js";

/** Runs the wrapper and ends the process as the runtime ended. `args` are the settings, `--`, the runtime's command line. */
export async function main(args: readonly string[]): Promise<void> {
  const { code, signal } = await call(readProgramOptions(args));
  if (signal !== undefined) process.kill(process.pid, signal);
  process.exitCode = code;
}

async function call(options: ProgramOptions): Promise<Ended> {
  const real = (words = options.words): Promise<Ended> =>
    runRuntime([...options.endWithUs, options.runtime, ...words], options.descriptors);
  const line = readCommandLine(options.flavour, options.words);
  const subject = line === undefined ? undefined : await readSubject(line, options);
  if (line === undefined || subject === undefined) return await real();
  let client: LeaseClient | undefined;
  try {
    client = await LeaseClient.connect(options.socketPath, options.waitMs);
    const payload =
      options.engine === "oci" && subject.call.bundle !== ""
        ? await readOwnSpec(subject.specPath, LIMITS.lease.maxSpecBytes, options.waitMs)
        : undefined;
    const answer = await client.ask(subject.call, payload ?? subject.payload, options.answerMs);
    if (answer.kind === "pass") client.close();
    const prepared = await prepare(answer, subject, options);
    let ended: Ended = { code: 1, signal: undefined };
    try {
      for (const words of prepared.calls) {
        ended = await real(words);
        if (ended.code !== 0) break;
      }
    } finally {
      // The container has run, whatever goes wrong now.
      await prepared.ended?.(ended.code).catch((error: unknown) => tellFailure(errorText(error), subject.log));
    }
    await client.done(ended.code, ended.code === 0 ? await readPid(subject.pidFile) : 0);
    return ended;
  } catch (error) {
    if (error instanceof NoDaemon && options.whenDown === "pass") return await real();
    const text = error instanceof Refused ? error.message : `NRI: ${line.verb} refused: ${errorText(error)}`;
    await tellFailure(text, subject.log);
    return { code: 1, signal: undefined };
  } finally {
    client?.close();
  }
}

/** The daemon says no. */
class Refused extends Error {
  override readonly name = "Refused";
}

/** What the daemon is asked about. */
interface Subject {
  readonly call: RuntimeCall;
  readonly payload: Uint8Array;
  /** The file that the payload is from, to be replaced; for update that with the resources, which is not. */
  readonly specPath: string;
  readonly line: CommandLine;
  /** What the options of `update` ask for. */
  readonly limits: LimitResources | undefined;
  readonly pidFile: string;
  readonly log: RuntimeLog;
}

/** Reads what the call is about; undefined when it is for the runtime to say what is wrong. */
async function readSubject(line: CommandLine, options: ProgramOptions): Promise<Subject | undefined> {
  const own = (name: string): string => lastOf(line.own, name)?.value ?? "";
  const global = (name: string): string => lastOf(line.global, name)?.value ?? "";
  const hasBundle = line.verb === "create" || line.verb === "run" || line.verb === "restore";
  const bundle = hasBundle ? resolve(own("bundle")) : "";
  const specPath = hasBundle ? resolve(bundle, own("config") === "" ? "config.json" : resolve(own("config"))) : "";
  const limits = line.verb === "update" ? limitResources(line, options.flavour) : undefined;
  const payload = await readPayload(line, specPath, limits);
  if (payload === undefined) return undefined;
  const { verb, id } = line;
  return {
    call: { verb, id, root: global("root"), bundle, engine: options.engine },
    payload,
    specPath,
    line,
    limits,
    pidFile: own("pid-file"),
    log: { path: global("log"), format: global("log-format"), flavour: options.flavour },
  };
}

async function readPayload(
  line: CommandLine,
  specPath: string,
  limits: LimitResources | undefined,
): Promise<Uint8Array | undefined> {
  if (line.verb === "start") return new Uint8Array();
  if (line.verb !== "update") return await readSpec(specPath, LIMITS.lease.maxSpecBytes);
  const resources = lastOf(line.own, "resources");
  if (resources === undefined) return limits === undefined ? undefined : Buffer.from(limits.json);
  return await readSpec(resources.value === "-" ? "/dev/stdin" : resources.value, LIMITS.lease.maxResourcesBytes);
}

/** What the real runtime is called with, one call after the other, and what is to be done about it afterwards. */
interface Prepared {
  readonly calls: readonly (readonly string[])[];
  readonly ended?: (code: number) => Promise<void>;
}

async function prepare(answer: Answer, subject: Subject, options: ProgramOptions): Promise<Prepared> {
  if (answer.kind === "refuse") throw new Refused(answer.text);
  const { line, specPath, payload } = subject;
  const replaced = answer.kind === "replace" ? answer.payload : undefined;
  if (line.verb === "update") {
    // Standard input has been read: the runtime gets a file in its place.
    const read = lastOf(line.own, "resources")?.value === "-" ? payload : undefined;
    return await withResources(replaced ?? read, subject, options);
  }
  if (replaced === undefined) return { calls: [options.words] };
  const keeps = options.engine === "oci";
  await replaceSpec(specPath, replaced, keeps ? options.waitMs : undefined);
  // The bundle is its owner's again: after a failure for the engine's next try, else for who keeps bundles himself. In the
  // foreground that may be long: the runtime has read it when there is a state of the container.
  const over = new AbortController();
  const read = keeps ? appears(stateFile(subject, options), over.signal).then(() => restoreSpec(specPath)) : undefined;
  const ended = async (code: number): Promise<void> => {
    over.abort();
    if (read !== undefined) await read;
    else if (code !== 0) await restoreSpec(specPath);
  };
  read?.catch(() => undefined); // its failure is told at the end
  return { calls: [options.words], ended };
}

/** What the runtime keeps of a container; crun copies the spec into it. */
function stateFile({ call }: Subject, options: ProgramOptions): string {
  const { root, style } = FLAVOURS[options.flavour];
  return join(call.root === "" ? root : call.root, call.id, style === "go" ? "state.json" : "config.json");
}

/** The command line with a file of these resources in the place of its own, or of its options. */
async function withResources(
  resources: Uint8Array | undefined,
  { line, limits }: Subject,
  { words, socketPath }: ProgramOptions,
): Promise<Prepared> {
  if (resources === undefined) return { calls: [words] };
  const file = join(dirname(socketPath), `${process.pid}.resources`);
  await writeFile(file, resources, { mode: 0o600 });
  const ended = (): Promise<void> => rm(file, { force: true });
  const given = lastOf(line.own, "resources");
  if (given !== undefined) return { calls: [words.with(given.at, given.head + file)], ended };
  const command = (options: readonly string[]): string[] => [...words.slice(0, line.at + 1), ...options, line.id];
  const rest = (limits?.rest ?? []).map(({ name, value }) => `--${name}=${value}`);
  const calls = [command(["--resources", file])];
  return { calls: rest.length === 0 ? calls : [...calls, command(rest)], ended };
}

async function readPid(path: string): Promise<number> {
  if (path === "") return 0;
  try {
    const text = await readFile(path, "utf8");
    return /^\d{1,10}$/.test(text.trim()) ? Number(text) : 0;
  } catch (error) {
    if (error instanceof Error) return 0;
    throw error;
  }
}

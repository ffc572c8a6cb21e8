// The plugin side: what a v0.1.0 plugin's program does between its start and its end. Spec: v010 5.
import type { Readable, Writable } from "node:stream";
import { printJson } from "@nri/oci";
import { setOwn, type WireMap } from "@nri/protocol";
import { errorText, LegacyError } from "./errors.js";
import { checkedLimits, type LegacyLimits } from "./limits.js";
import { parseRequest, printable } from "./request.js";
import { type LegacyRequest, type LegacyResult, STATES, type State } from "./types.js";

/** What a handler may answer; what it leaves out is filled in. Nothing is a success without metadata. */
// biome-ignore lint/suspicious/noConfusingVoidType: both are what authors write.
export type Answer = Partial<LegacyResult> | void | undefined;

/** Answers one request. Throws, or rejects with, an Error whose text the caller gets. */
export type Handler = (request: LegacyRequest) => Answer | Promise<Answer>;

/** A v0.1.0 plugin. A state without a handler is answered by `invoke`, without that by an empty result. */
export interface LegacyPlugin extends Readonly<Partial<Record<State, Handler | undefined>>> {
  /** The plugin's name: that of its program. */
  readonly type: string;
  /** Gets every state that has no handler of its own. */
  readonly invoke?: Handler | undefined;
}

/** Where a plugin reads and writes; this process's own where it is left out. */
export interface PluginStreams {
  /** Arguments behind the program's name. */
  readonly args?: readonly string[] | undefined;
  /** The request. */
  readonly stdin?: Readable | undefined;
  /** The result. */
  readonly stdout?: Writable | undefined;
  /** What is wrong with the request, or its absence. */
  readonly stderr?: Writable | undefined;
  /** Maxima; `maxRequestBytes` is what counts here. */
  readonly limits?: Partial<LegacyLimits> | undefined;
}

/** States by other names: the README of v0.1.0 calls the first one `setup`. */
const OTHER_NAMES: ReadonlyMap<string, State> = new Map([["setup", "create"]]);

/**
 * Does all that a v0.1.0 plugin's program has to: reads the request from stdin, calls the handler of its state, and writes
 * the result to stdout. Handlers log to stderr: stdout is the result's alone. Resolves with the exit status, which it also
 * sets: 0 when there is a result, one with an error included; 1 when there was no request or no way to write the result; 2
 * when the program was started without an argument. Refuses a plugin with handlers that do not exist.
 */
export async function runPlugin(plugin: LegacyPlugin, streams: PluginStreams = {}): Promise<number> {
  checkPlugin(plugin);
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr } = streams;
  const [argument] = streams.args ?? process.argv.slice(2);
  const tell = (text: string): void => void stderr.write(`${plugin.type}: ${text}\n`);
  let status = 0;
  if (argument === undefined) {
    tell("this is an NRI v0.1.0 plugin: it is started with the argument invoke and a request on stdin");
    status = 2;
  } else {
    try {
      const request = parseRequest(await readAll(stdin, checkedLimits(streams.limits).maxRequestBytes));
      const result = argument === "invoke" ? await answer(plugin, request) : invalidArgument(plugin, request, argument);
      await write(stdout, `${printJson(printable(result))}\n`);
    } catch (error) {
      tell(errorText(error));
      status = 1;
    }
  }
  if (streams.args === undefined) process.exitCode = status;
  return status;
}

function checkPlugin(plugin: LegacyPlugin): void {
  for (const [name, value] of Object.entries(plugin)) {
    const known = name === "type" || name === "invoke" || (STATES as readonly string[]).includes(name);
    if (!known)
      throw new LegacyError("invalid-option", `${name}: there is no such state; there are ${STATES.join(", ")}`);
    if (name !== "type" && value !== undefined && typeof value !== "function")
      throw new LegacyError("invalid-option", `${name}: expected a function`);
  }
}

/** The result of one request: what the handler answers, or the text of what it throws. */
export async function answer(plugin: LegacyPlugin, given: LegacyRequest): Promise<LegacyResult> {
  const state = OTHER_NAMES.get(given.state) ?? given.state;
  const request = { ...given, state };
  const handler = (STATES as readonly string[]).includes(state) ? plugin[state as State] : undefined;
  try {
    const answered = (await (handler ?? plugin.invoke)?.(request)) ?? {};
    return { ...emptyResult(plugin, request), ...answered, metadata: checkedMetadata(answered.metadata) };
  } catch (error) {
    // without a text it would count as a success
    return { ...emptyResult(plugin, request), error: errorText(error) || `${state} failed without a text` };
  }
}

function invalidArgument(plugin: LegacyPlugin, request: LegacyRequest, argument: string): LegacyResult {
  return { ...emptyResult(plugin, request), error: `invalid arg ${argument}` };
}

function emptyResult({ type }: LegacyPlugin, { version }: LegacyRequest): LegacyResult {
  return { plugin: type, version, error: "", metadata: {} };
}

function checkedMetadata(metadata: Readonly<WireMap<unknown>> = {}): WireMap<string> {
  const checked: WireMap<string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== "string") throw new TypeError(`metadata.${key}: expected a string, got ${typeof value}`);
    setOwn(checked, key, value);
  }
  return checked;
}

async function readAll(stdin: Readable, maxBytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) throw new LegacyError("bad-request", `request: longer than ${maxBytes} bytes`);
    chunks.push(Buffer.from(chunk as Buffer));
  }
  return Buffer.concat(chunks);
}

function write(stdout: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error): void =>
      reject(new Error(`unable to encode plugin error to stdout: ${cause.message}`, { cause }));
    stdout.once("error", failed);
    stdout.write(text, (error) => (error ? failed(error) : resolve()));
  });
}

// An engine's API over HTTP on a unix socket: questions with a deadline and a bounded answer, and streams of lines of JSON.
// The library is loaded when the first question is asked: where there is no such engine nobody needs it.
import { OciError, parseAnyJson } from "@nri/oci";
import type { Dispatcher, Pool } from "undici";
import { errorText } from "../error-text.js";
import { at, type Json } from "../json.js";
import { LIMITS } from "../limits.js";

/** An answer that is none of those that were expected, or none at all. */
export class EngineApiError extends Error {
  override readonly name = "EngineApiError";
  /** HTTP's status; 0 when there was no answer. */
  readonly status: number;
  /** In the engine's own words, where it has said something. */
  readonly reason: string;

  constructor(text: string, status: number, reason: string, cause?: unknown) {
    super(text, { cause });
    this.status = status;
    this.reason = reason;
  }
}

/** Whether a question failed with one of these answers; 0: with none. */
export function answeredWith(error: unknown, ...statuses: readonly number[]): boolean {
  return error instanceof EngineApiError && statuses.includes(error.status);
}

/** What is asked. */
export interface Question {
  /** GET when absent. */
  readonly method?: "GET" | "POST" | undefined;
  /** From the root on, without the query. */
  readonly path: string;
  /** What stands behind `?`; what is undefined does not. */
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Until when it must be answered, or begun to be for lines, in milliseconds from now. Of lines 0 is whenever there is one. */
  readonly ms?: number | undefined;
}

/** Asks one engine. */
export class EngineConnection implements AsyncDisposable {
  readonly #engine: string;
  readonly #socketPath: string;
  #questions: Promise<Pool> | undefined;
  #streams: Promise<Pool> | undefined;

  /** Connects whenever it is needed. `engine` is for texts. */
  constructor(engine: string, socketPath: string) {
    this.#engine = engine;
    this.#socketPath = socketPath;
  }

  /** The answer, read as JSON; undefined when it is empty. Throws EngineApiError for every status of 300 and more. */
  async ask(question: Question): Promise<Json> {
    const { signal, ms = LIMITS.engineApi.callMs } = question;
    const late = AbortSignal.timeout(ms);
    const stop = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      this.#questions ??= this.#pool({ maxResponseSize: LIMITS.engineApi.maxAnswerBytes });
      const answer = await (await this.#questions).request(this.#options(question, stop));
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw this.#refused(question, answer.statusCode, text);
      return text === "" ? undefined : parseAnyJson(text, { name: question.path });
    } catch (error) {
      if (error instanceof EngineApiError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw this.#unanswered(question, late.aborted ? "not answered in time" : errorText(error), error);
    }
  }

  /**
   * Lines of an answer that lasts, until it ends or is aborted. `begun` is called when the engine has taken the question. Throws
   * EngineApiError.
   */
  async *lines(question: Question, begun: () => void): AsyncGenerator<string, void> {
    const { signal } = question;
    try {
      this.#streams ??= this.#pool({ bodyTimeout: 0 });
      const { ms: headersTimeout = LIMITS.engineApi.callMs } = question;
      const answer = await (await this.#streams).request({ ...this.#options(question, signal), headersTimeout });
      if (answer.statusCode >= 300) throw this.#refused(question, answer.statusCode, await answer.body.text());
      begun();
      yield* linesOf(answer.body.setEncoding("utf8"));
    } catch (error) {
      if (error instanceof EngineApiError) throw error;
      if (signal?.aborted) throw signal.reason;
      throw this.#unanswered(question, errorText(error), error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of [await this.#questions, await this.#streams]) await pool?.destroy();
  }

  #options({ method = "GET", path, query = {}, body }: Question, signal: AbortSignal | undefined) {
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const search = new URLSearchParams(given).toString();
    const options: Dispatcher.RequestOptions = {
      method,
      path: search === "" ? path : `${path}?${search}`,
      signal: signal ?? null,
    };
    if (body === undefined) return options;
    return { ...options, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  }

  async #pool(options: Pool.Options): Promise<Pool> {
    const { Pool } = await import("undici");
    const { maxConnections, callMs } = LIMITS.engineApi;
    const connect = { socketPath: this.#socketPath, timeout: callMs };
    return new Pool("http://engine", { connections: maxConnections, headersTimeout: callMs, connect, ...options });
  }

  #refused({ path }: Question, status: number, text: string): EngineApiError {
    const reason = messageOf(text) ?? `status ${status}`;
    return new EngineApiError(`${this.#engine}: ${path}: ${reason}`, status, reason);
  }

  #unanswered({ path }: Question, text: string, cause: unknown): EngineApiError {
    return new EngineApiError(`${this.#engine}: ${path}: ${text}`, 0, text, cause);
  }
}

/** `{"message": "No such container: x"}`, as Docker and podman refuse. */
function messageOf(text: string): string | undefined {
  try {
    const message = at(parseAnyJson(text), "message");
    return typeof message === "string" ? message : undefined;
  } catch (error) {
    if (error instanceof OciError) return undefined;
    throw error;
  }
}

async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const chunk of text) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LIMITS.engineApi.maxLineCharacters) throw new Error("a line that is too long");
    yield* lines.filter((line) => line !== "");
  }
}

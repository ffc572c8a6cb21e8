// A WebAssembly module among the other plugins: the same order, deadlines, policies and answers, without a connection.
import { type Container, type ContainerUpdate, Empty, type Init, type PodSandbox } from "@nri/protocol";
import { type ConfiguringHost, configurePlugin } from "../configuring.js";
import { decodeAnswer } from "../decode-answer.js";
import { AdaptationError, asError, errorText } from "../errors.js";
import { lastWords } from "../launching/last-words.js";
import { readBounded } from "../launching/read-bounded.js";
import type { AdaptationLimits } from "../limits.js";
import type { PluginPeer, RelayedRequest } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import { type SendingHost, sendState } from "../send-state.js";
import type { LineSource } from "./messages.js";
import { type ModuleEnd, ModuleThread } from "./module-thread.js";

/** What a module needs of its adaptation. */
export interface WasmHost extends ConfiguringHost, SendingHost {
  readonly limits: AdaptationLimits;
  readonly requestTimeoutMs: number;
  /** Takes the name of the plugin for it; throws when another one has it. */
  readonly claimName: (peer: WasmPeer) => Promise<void> | undefined;
  /** Takes what the module prints. */
  readonly line: (output: LineSource & { readonly line: string }) => void;
  /** Called once, when the plugin is closed. */
  readonly closed: (peer: WasmPeer) => void;
}

/** A call that the module has not answered. */
interface OpenCall {
  readonly answered: (answer: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
  /** Nobody waits for it any more. */
  late: boolean;
}

/** A plugin that is a module in a thread of its own. */
export class WasmPeer implements PluginPeer {
  readonly record: PluginRecord;
  /** Resolves when the module is loaded, rejects when that failed or took too long. */
  readonly registered: Promise<void>;
  readonly #path: string;
  readonly #config: string;
  readonly #host: WasmHost;
  readonly #calls = new Map<number, OpenCall>();
  readonly #counts = { unanswered: 0, lateAnswers: 0 };
  #thread: ModuleThread | undefined;
  #settleLoading: { resolve: () => void; reject: (error: Error) => void } | undefined;
  /** Why no call comes through any more, of a plugin that stays all the same. */
  #failing: Answered | undefined;
  #lastId = 0;

  /** Begins to load the module of a file. `config` is what it gets with Configure. */
  constructor(path: string, record: PluginRecord, config: string, host: WasmHost) {
    this.record = record;
    this.#path = path;
    this.#config = config;
    this.#host = host;
    record.counts = () => this.#counts;
    this.registered = this.#load();
  }

  /** Configures the plugin. Closes it on failure. */
  async configure(): Promise<void> {
    try {
      await configurePlugin(this.#host, this.record, this.#config, (payload, timeoutMs) =>
        this.#call("Configure", payload, { timeoutMs }),
      );
    } catch (error) {
      this.close(asError(error));
      throw error;
    }
  }

  /** Hands over the runtime's state, gives the updates that the plugin asks for. Closes it on failure. */
  async synchronize(
    pods: readonly Init<PodSandbox>[],
    containers: readonly Init<Container>[],
  ): Promise<ContainerUpdate[]> {
    try {
      const { maxWasmRequestBytes } = this.#host.limits;
      return await sendState(
        this.#host,
        this.record,
        { pods, containers, maxBytes: maxWasmRequestBytes },
        (payload, timeoutMs, leftMs) => this.#call("Synchronize", payload, { timeoutMs, leftMs }),
      );
    } catch (error) {
      this.close(asError(error));
      throw error;
    }
  }

  async request(
    { row, payload }: RelayedRequest,
    signal: AbortSignal | undefined,
    timeoutMs = this.#host.requestTimeoutMs,
  ): Promise<object | undefined> {
    const answer = await this.#call(row.name, payload, { signal, timeoutMs });
    if (answer.length === 0 || row.answer === "nothing") {
      return undefined;
    }
    return decodeAnswer(this.record, row.name, row.response, answer) as object;
  }

  async shutdown(): Promise<Error | undefined> {
    try {
      await this.#call("Shutdown", Empty.encode({}), { timeoutMs: this.#host.timeoutFor(this.record, "shutdown") });
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  close(reason: Error | undefined): void {
    if (this.record.state === "closed") {
      return;
    }
    this.record.reason = reason;
    this.record.to("closed");
    void this.#thread?.end();
    const stopped = new AdaptationError("stopped", `plugin "${this.record.name}": stopped before it was loaded`);
    this.#settleLoading?.reject(reason ?? stopped);
    this.#settleLoading = undefined;
    this.#failAll(undefined);
    this.#host.closed(this);
  }

  /** Resolves with whether the thread is gone, after `close`. */
  async gone(): Promise<boolean> {
    return (await this.#thread?.end()) ?? true;
  }

  /** Reads, compiles and begins the module, within the registration time-out. */
  async #load(): Promise<void> {
    const { limits, registrationTimeoutMs, claimName } = this.#host;
    const path = this.#path;
    const plugin = this.record.name;
    const timer = setTimeout(() => {
      const text = `load WASM plugin ${path}: not done in ${registrationTimeoutMs} ms (the registration time-out)`;
      this.close(new AdaptationError("registration-timeout", text, { plugin }));
    }, registrationTimeoutMs);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#settleLoading = { resolve, reject };
        readBounded(path, limits.maxWasmModuleBytes).then(
          (bytes) => {
            if (this.record.state !== "closed") {
              this.#start(bytes);
            }
          },
          (error: unknown) => this.close(this.#refusal(error)),
        );
      });
      await claimName(this);
    } catch (error) {
      this.close(asError(error));
      throw error;
    } finally {
      clearTimeout(timer);
    }
    if (!this.record.to("registered")) {
      throw this.#gone("its start");
    }
  }

  #start(bytes: Uint8Array): void {
    this.#thread = new ModuleThread(bytes, this.#host.limits, {
      loaded: () => {
        this.#settleLoading?.resolve();
        this.#settleLoading = undefined;
      },
      answered: (id, answer) => this.#calls.get(id)?.answered(answer),
      failed: (id, text, answered) => this.#calls.get(id)?.failed(answered ? new Answered(text) : new Error(text)),
      line: (source, line) => this.#host.line({ ...source, line }),
      ended: (end) => this.#lost(end),
    });
  }

  /** The module is gone by itself. */
  #lost(end: ModuleEnd): void {
    if ("refused" in end) {
      this.close(this.#refusal(new Error(end.refused)));
    } else if ("broken" in end) {
      this.close(this.#settleLoading ? this.#refusal(end.broken) : this.#closed(end.broken.message, end.broken));
    } else {
      this.#exited(end.exitCode);
    }
  }

  /** It is gone like a program. In the reference every call of it fails from now on. */
  #exited(code: number): void {
    const { record } = this;
    const words = lastWords(record.stderr);
    const said = words === undefined ? "" : `, its last words: ${words}`;
    record.exited({ code, signal: null });
    if (this.#settleLoading !== undefined) {
      this.close(this.#refusal(new Error(`unexpected exit_code: ${code}${said}`)));
    } else if (this.#host.compat === "default") {
      this.close(this.#closed(`exited with code ${code}${said}`));
    } else {
      this.#failing = new Answered(`module closed with exit_code(${code})`);
      this.#failAll(this.#failing);
    }
  }

  /** Ends the calls that somebody waits for. */
  #failAll(why: Error | undefined): void {
    for (const { late, failed } of [...this.#calls.values()]) {
      if (!late) {
        failed(why);
      }
    }
    this.#calls.clear();
  }

  #refusal(cause: unknown): AdaptationError {
    const { name: plugin } = this.record;
    return new AdaptationError("launch-failed", `load WASM plugin ${this.#path}: ${errorText(cause)}`, {
      plugin,
      cause,
    });
  }

  #closed(what: string, cause?: Error): AdaptationError {
    const { name: plugin } = this.record;
    return new AdaptationError("plugin-closed", `plugin "${plugin}": ${what}`, { plugin, cause });
  }

  #gone(request: string): AdaptationError {
    const { name: plugin, reason } = this.record;
    const why = reason === undefined ? "" : `: ${reason.message}`;
    return new AdaptationError("plugin-closed", `plugin "${plugin}": closed during ${request}${why}`, { plugin });
  }

  /** What the plugin itself gave as the reason keeps its text. */
  #answered(text: string, request: string): AdaptationError {
    const { name: plugin } = this.record;
    const message = text === "" ? `plugin "${plugin}": ${request} failed, and says no more` : text;
    return new AdaptationError("request-failed", message, { plugin, request });
  }

  /** `leftMs` is what is left of the deadline of several calls. */
  #call(
    request: string,
    payload: Uint8Array,
    limits: { readonly timeoutMs: number; readonly leftMs?: number; readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array> {
    const { timeoutMs, leftMs = timeoutMs, signal } = limits;
    const plugin = this.record.name;
    const thread = this.#thread;
    const error = (code: AdaptationError["code"], text: string, cause?: unknown): AdaptationError =>
      new AdaptationError(code, `plugin "${plugin}": ${request}${text}`, { plugin, request, cause });
    if (thread === undefined || this.record.state === "closed") {
      return Promise.reject(this.#gone(request));
    }
    if (this.#failing !== undefined) {
      return Promise.reject(this.#answered(this.#failing.message, request));
    }
    const { maxWasmRequestBytes } = this.#host.limits;
    if (payload.length > maxWasmRequestBytes) {
      const text = ` takes ${payload.length} bytes, more than the maximum of ${maxWasmRequestBytes} (maxWasmRequestBytes)`;
      return Promise.reject(error("message-too-large", text));
    }
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const settle = (): boolean => {
        this.#calls.delete(id);
        if (call.late) {
          this.#counts.unanswered--;
          this.#counts.lateAnswers++;
          return false;
        }
        clearTimeout(timer);
        signal?.removeEventListener("abort", canceled);
        return true;
      };
      const call: OpenCall = {
        late: false,
        answered: (answer) => {
          if (settle()) {
            resolve(answer);
          }
        },
        failed: (why) => {
          if (!settle()) {
            return;
          }
          if (why === undefined) {
            reject(this.#gone(request));
          } else if (why instanceof Answered) {
            reject(this.#answered(why.message, request));
          } else {
            reject(error("request-failed", `: ${errorText(why)}`, why));
          }
        },
      };
      const giveUp = (why: AdaptationError): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", canceled);
        call.late = true;
        this.#counts.unanswered++;
        reject(why);
      };
      const canceled = (): void => giveUp(error("canceled", " canceled", signal?.reason));
      const timer = setTimeout(() => giveUp(error("request-timeout", ` not answered in ${timeoutMs} ms`)), leftMs);
      this.#calls.set(id, call);
      // A copy: the request belongs to all plugins that see it, this one is handed over.
      thread.call({ id, call: request, request: payload.slice() });
      signal?.addEventListener("abort", canceled, { once: true });
      if (signal?.aborted) {
        canceled();
      }
    });
  }
}

/** What the plugin itself answered as an error. */
class Answered extends Error {}

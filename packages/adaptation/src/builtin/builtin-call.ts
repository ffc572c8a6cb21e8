// One call of a builtin's handler: waited for no longer than its deadline and its caller allow.
import { AdaptationError, errorText } from "../errors.js";
import type { Compat } from "../merge/index.js";
import type { Logger, PluginInfo } from "../observer.js";
import type { Awaitable, BuiltinContext } from "./builtin-plugin.js";

/** Whom and what is called, and how long an answer is waited for. */
export interface CallSetup {
  readonly plugin: PluginInfo;
  /** RPC name of the request. */
  readonly request: string;
  readonly timeoutMs: number;
  readonly compat: Compat;
  readonly log: Logger;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
}

/** The calls of one plugin. */
export interface OpenCalls {
  /** Those that are waited for, by what gives them up. */
  readonly open: Set<(error: AdaptationError) => void>;
  /** Given up, and not answered since. */
  unanswered: number;
  /** Given up, and answered since. */
  lateAnswers: number;
}

/** The context of one call. Its signal is made when a handler asks for it, or when the call has to be given up. */
export class CallContext implements BuiltinContext {
  readonly plugin: PluginInfo;
  readonly compat: Compat;
  readonly log: Logger;
  #controller: AbortController | undefined;

  constructor({ plugin, compat, log }: CallSetup) {
    this.plugin = plugin;
    this.compat = compat;
    this.log = log;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Nobody waits any more. */
  giveUp(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/**
 * Calls a handler and waits for what it gives. A handler that answers at once costs no timer. What it throws becomes
 * `request-failed` with its text unchanged; one that is late, `request-timeout`; one whose caller gives up, `canceled`.
 */
export async function callHandler<T, Context extends CallContext>(
  setup: CallSetup,
  context: Context,
  handler: (context: Context) => Awaitable<T>,
  calls: OpenCalls,
): Promise<T> {
  const { plugin, request, timeoutMs, signal } = setup;
  const failed = (error: unknown): AdaptationError =>
    new AdaptationError("request-failed", errorText(error), { plugin: plugin.name, request, cause: error });
  let result: Awaitable<T>;
  try {
    result = handler(context);
  } catch (error) {
    throw failed(error);
  }
  if (!isPromise(result)) {
    return result;
  }
  const answer = result;
  return new Promise<T>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", canceled);
      calls.open.delete(giveUp);
    };
    let waiting = true;
    const answered = (): void => {
      if (waiting) {
        waiting = false;
        end();
      } else {
        calls.unanswered--;
        calls.lateAnswers++;
      }
    };
    const giveUp = (error: AdaptationError): void => {
      waiting = false;
      calls.unanswered++;
      end();
      context.giveUp(error);
      reject(error);
    };
    const canceled = (): void => {
      const text = `plugin "${plugin.name}": ${request} canceled`;
      giveUp(new AdaptationError("canceled", text, { plugin: plugin.name, request, cause: signal?.reason }));
    };
    const timer = setTimeout(() => {
      const text = `plugin "${plugin.name}": ${request} not answered in ${timeoutMs} ms`;
      giveUp(new AdaptationError("request-timeout", text, { plugin: plugin.name, request }));
    }, timeoutMs);
    calls.open.add(giveUp);
    signal?.addEventListener("abort", canceled, { once: true });
    answer.then(
      (value) => {
        answered();
        resolve(value);
      },
      (error: unknown) => {
        answered();
        reject(failed(error));
      },
    );
    if (signal?.aborted) {
      canceled();
    }
  });
}

function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

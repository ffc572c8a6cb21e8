// One request while it is being handled; what its handler sees as context.

import { closedError, TtrpcError } from "./errors.js";
import type { HandlerContext } from "./interceptors.js";
import { MAX_TIMER_MS } from "./limits.js";
import type { Metadata } from "./metadata.js";

/** The context of one request. Signal and timer exist only when the handler asks for the signal. */
export class RunningCall implements HandlerContext {
  readonly service: string;
  readonly method: string;
  readonly metadata: Metadata;
  readonly deadline: number | undefined;
  /** Size of the request. */
  readonly bytes: number;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended: "answered" | "lost" | undefined;
  #reason: Error | undefined;

  constructor(service: string, method: string, metadata: Metadata, timeoutNano: bigint, bytes: number) {
    this.service = service;
    this.method = method;
    this.metadata = metadata;
    this.bytes = bytes;
    this.deadline = timeoutNano === 0n ? undefined : performance.now() + Number(timeoutNano) / 1e6;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ended === "lost") this.#controller.abort(closedError(this.#reason));
      else if (this.#ended === undefined && this.deadline !== undefined) this.#watch(this.#controller, this.deadline);
    }
    return this.#controller.signal;
  }

  /** The answer is sent: the deadline no longer matters, and the signal stays as it is. */
  answered(): void {
    this.#ended ??= "answered";
    clearTimeout(this.#timer);
  }

  /** The connection is gone: aborts the signal. */
  lost(reason: Error | undefined): void {
    if (this.#ended !== undefined) return;
    this.#ended = "lost";
    this.#reason = reason;
    clearTimeout(this.#timer);
    this.#controller?.abort(closedError(reason));
  }

  #watch(controller: AbortController, deadline: number): void {
    const expire = () =>
      controller.abort(new TtrpcError("deadline-exceeded", `deadline exceeded: ${this.service}/${this.method}`));
    const left = deadline - performance.now();
    if (left <= 0) expire();
    else if (left <= MAX_TIMER_MS) this.#timer = setTimeout(expire, Math.ceil(left));
  }
}

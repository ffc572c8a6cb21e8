// Where both carriers bring calls of the OCI runtime: each becomes a lease, within limits, and is answered in any case.
import type { Logger } from "@nri/adaptation";
import { errorText } from "../error-text.js";

import type { Answer, Lease, LeaseHandler, RuntimeResult } from "../lease.js";
import type { LeaseLimits } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";

/** What brings the answer to the wrapper; called once. It reports its own failures by ending the lease. */
export type Tell = (answer: Answer) => void;

/** A lease as its carrier holds it. */
export class OpenLease implements Lease {
  readonly #dropped = new AbortController();
  readonly #over: Promise<RuntimeResult | undefined>;
  #resolve!: (result: RuntimeResult | undefined) => void;
  readonly #settled: Promise<void>;
  #settle!: () => void;
  #state: "asked" | "answered" | "over" = "asked";

  constructor(
    readonly call: RuntimeCall,
    readonly payload: Uint8Array,
    readonly tell: Tell,
  ) {
    this.#over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get signal(): AbortSignal {
    return this.#dropped.signal;
  }

  /** Resolves when nothing more comes of it. */
  get over(): Promise<RuntimeResult | undefined> {
    return this.#over;
  }

  /** Resolves when it needs no answer any more. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  get answered(): boolean {
    return this.#state !== "asked";
  }

  async answer(answer: Answer): Promise<RuntimeResult | undefined> {
    if (this.#state === "answered") throw new Error(`${callText(this.call)} was answered twice`);
    if (this.#state === "over") return undefined;
    this.#state = "answered";
    this.#settle();
    this.tell(answer);
    if (answer.kind === "pass" || answer.kind === "refuse") this.end(undefined);
    return await this.#over;
  }

  /** Refuses it in the place of its handler, whose answer comes too late then: what it does is to be undone. */
  withdraw(text: string): void {
    if (this.#state !== "asked") return;
    this.tell({ kind: "refuse", text });
    this.#end(undefined, text);
  }

  /** The real runtime has ended (`result`), or the wrapper is gone. Idempotent. */
  end(result: RuntimeResult | undefined): void {
    this.#end(result, `${callText(this.call)}: the wrapper is gone`);
  }

  #end(result: RuntimeResult | undefined, why: string): void {
    if (this.#state === "over") return;
    if (this.#state === "asked") this.#dropped.abort(new Error(why));
    this.#state = "over";
    this.#settle();
    this.#resolve(result);
  }
}

/** What the desk is made with. */
export interface DeskOptions {
  readonly handler: LeaseHandler;
  /** Told of each call that is refused without it. */
  readonly failed?: ((call: RuntimeCall, text: string) => void) | undefined;
  readonly log: Logger | undefined;
  readonly limits: LeaseLimits;
}

/** Opens leases, bounded in number, bytes and time. */
export class LeaseDesk {
  readonly limits: LeaseLimits;
  readonly #open = new Set<OpenLease>();
  #waitingBytes = 0;
  #closed = false;

  constructor(readonly options: DeskOptions) {
    this.limits = options.limits;
  }

  /** Calls that are not over. */
  get underWay(): number {
    return this.#open.size;
  }

  /** Takes a call. The carrier ends the lease when the wrapper says what came of it, or goes away. */
  take(call: RuntimeCall, payload: Uint8Array, tell: Tell): OpenLease {
    const lease = new OpenLease(call, payload, tell);
    const refusal = this.#refusal(call, payload);
    if (refusal !== undefined) {
      this.options.log?.warn(`${callText(call)} refused: ${refusal}`, { container: call.id });
      this.options.failed?.(call, refusal);
      lease.withdraw(refusal);
      return lease;
    }
    this.#open.add(lease);
    void lease.over.then(() => this.#open.delete(lease));
    void this.#watch(lease);
    void this.#handle(lease);
    return lease;
  }

  /** Refuses what has no answer yet. Calls that were answered go on; nobody hears of their end. */
  close(): void {
    this.#closed = true;
    for (const lease of this.#open) lease.withdraw("NRI: the daemon ends");
  }

  #refusal(call: RuntimeCall, payload: Uint8Array): string | undefined {
    const { maxLeases, maxSpecBytes, maxResourcesBytes, maxWaitingBytes } = this.limits;
    if (this.#closed) return "NRI: the daemon ends";
    const [what, most] = call.verb === "update" ? ["resources", maxResourcesBytes] : ["config.json", maxSpecBytes];
    if (payload.byteLength > most) return `NRI: ${what} of container "${call.id}" has more than ${most} bytes`;
    if (this.#open.size >= maxLeases) return `NRI: ${maxLeases} calls of the OCI runtime are under way already`;
    if (this.#waitingBytes + payload.byteLength > maxWaitingBytes)
      return `NRI: calls of ${maxWaitingBytes} bytes wait for their answer already`;
    return undefined;
  }

  async #handle(lease: OpenLease): Promise<void> {
    const refuse = (text: string): void => {
      if (lease.answered) return;
      this.options.log?.error(`${callText(lease.call)} refused: ${text}`);
      this.options.failed?.(lease.call, text);
      lease.withdraw(`NRI: ${text}`);
    };
    try {
      await this.options.handler(lease);
      refuse("the daemon has no answer");
    } catch (error) {
      if (lease.answered) this.options.log?.error(`${callText(lease.call)}: ${errorText(error)}`);
      else refuse(errorText(error));
    }
  }

  /** Counts what waits for its answer, and for how long. */
  async #watch(lease: OpenLease): Promise<void> {
    const { answerMs } = this.limits;
    const bytes = lease.payload.byteLength;
    this.#waitingBytes += bytes;
    const timer = setTimeout(() => {
      const text = `NRI: ${callText(lease.call)} was not answered in ${answerMs} ms`;
      this.options.log?.error(text);
      if (!lease.answered) this.options.failed?.(lease.call, text);
      lease.withdraw(text);
    }, answerMs);
    await lease.settled;
    clearTimeout(timer);
    this.#waitingBytes -= bytes;
  }
}

/** A call for people. */
export function callText(call: RuntimeCall): string {
  return `${call.verb} of container "${call.id}" (${call.engine})`;
}

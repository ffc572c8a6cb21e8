// One round: a plugin joins, goes wrong in one call, and everything else must be as the policy says.
import { EVENTS, type EventName } from "@nri/protocol";
import { pause } from "../waits.js";
import { eventsFor, FAULTY, LATE_MS, type Lab, RETRY_ATTEMPTS } from "./lab.js";
import { type Fault, type FaultyCall, isStatus, isTimed, losesConnection, type Policy } from "./table.js";
import { WirePlugin, type WirePluginOptions } from "./wire-plugin.js";

/** What one round tries. */
export interface Round {
  readonly call: FaultyCall;
  readonly fault: Fault;
  readonly policy: Policy;
  /** How many times the plugin goes wrong before it answers. */
  readonly strikes: number;
  /** Tells containers of rounds apart. */
  readonly number: number;
}

/** The faulty plugin of a round, wherever it runs. */
export interface Faulty {
  /** Calls that it got; undefined where that cannot be known. */
  count(method: string): number | undefined;
  /** Whether it has no connection any more; undefined where that cannot be known. */
  readonly isDisconnected: boolean | undefined;
  close(): Promise<void> | void;
}

/** Brings a faulty plugin up to its registration. */
export type Bring = (lab: Lab, options: WirePluginOptions) => Promise<Faulty>;

/** Joins in this process. A refused or broken registration is the round's business, not an error here. */
export const inProcess: Bring = async (lab, options) => {
  const plugin = await WirePlugin.connect(lab.socket, options);
  await plugin.register().catch(() => undefined);
  return plugin;
};

/** A process may take long to start on a machine that is busy with other tests. */
const SETTLE_MS = 30_000;
const NAME = `${FAULTY.index}-${FAULTY.name}`;

/** What is asked next in most rounds; never sent as StateChange. */
const PROBE = EVENTS.updateContainer.name;

type Request = Exclude<EventName, "validateContainerAdjustment">;

/** Plays a round. Gives what was not as it must be. */
export function play(lab: Lab, round: Round, bring: Bring): Promise<string[]> {
  return new Play(lab, round, bring).run();
}

class Play {
  readonly #lab: Lab;
  readonly #round: Round;
  readonly #bring: Bring;
  readonly #problems: string[] = [];

  constructor(lab: Lab, round: Round, bring: Bring) {
    this.#lab = lab;
    this.#round = round;
    this.#bring = bring;
  }

  async run(): Promise<string[]> {
    const { call } = this.#round;
    if (call.name === "shutdown") await this.#inShutdown();
    else if (call.request === undefined) await this.#whileJoining();
    else await this.#inRequest(call.request);
    return this.#problems;
  }

  /** Whether the plugin answers in the end: at the second attempt, or by the older call for the same event. */
  get #recovers(): boolean {
    const { call, fault, policy, strikes } = this.#round;
    if (this.#fallsBack) return true;
    return policy === "retry" && strikes === 1 && call.request !== undefined && !losesConnection(fault);
  }

  /** Whether the runtime knows another way for an event that is not implemented. */
  get #fallsBack(): boolean {
    const { call, fault } = this.#round;
    return (
      fault === "UNIMPLEMENTED" && call.old !== true && call.request !== undefined && EVENTS[call.request].stateChange
    );
  }

  /** How often the plugin is asked in one request: again only with `retry`, within its limits, while it is there. */
  get #attempts(): number {
    const { fault, policy, strikes } = this.#round;
    const again = policy === "retry" && !this.#fallsBack && !losesConnection(fault);
    return again ? Math.min(strikes, RETRY_ATTEMPTS) + 1 : 1;
  }

  async #inRequest(request: Request): Promise<void> {
    const { call, fault, policy } = this.#round;
    const faulty = await this.#join();
    try {
      const validation = call.name === "validateContainerAdjustment";
      const failed = policy === "fail" && !this.#recovers;
      const error = await this.#ask(request, validation || !failed);
      this.#expect(
        failed === (error !== undefined),
        `the request ${error === undefined ? "went on" : `failed: ${error.message}`}`,
      );
      if (error !== undefined && isStatus(fault))
        this.#expect(
          error.message.includes(`asked to fail with ${fault}`),
          `the error does not tell what the plugin said: ${error.message}`,
        );
      const stays = !losesConnection(fault) && (this.#recovers || policy !== "drop");
      this.#expect(this.#active === stays, stays ? "the plugin was given up" : "the plugin is still active");
      // The deadline of a call may pass before the plugin has read it.
      await this.#eventually(
        () => (faulty.count(call.method) ?? this.#attempts) >= this.#attempts,
        "was not asked again",
      );
      const calls = faulty.count(call.method) ?? this.#attempts;
      // With a short deadline a busy machine can miss it once more than the plugin wants.
      const most = this.#attempts > 1 && isTimed(fault) ? 1 + RETRY_ATTEMPTS : this.#attempts;
      this.#expect(calls <= most, `the plugin got it ${calls} times instead of ${this.#attempts}`);
      if (fault === "late" && stays) await this.#eventually(() => this.#lateAnswers > 0, "no late answer was counted");
      if (!stays) await this.#disconnected(faulty);
      await this.#probe(faulty, stays);
    } finally {
      await this.#leave(faulty);
    }
  }

  /** Configure and Synchronize: the plugin becomes active, or is closed. */
  async #whileJoining(): Promise<void> {
    this.#lab.states.delete(NAME);
    const faulty = await this.#bring(this.#lab, this.#options());
    try {
      await this.#eventually(() => this.#settled, "the plugin neither joined nor was it closed");
      this.#expect(this.#active === this.#recovers, this.#active ? "the plugin joined" : "the plugin did not join");
      if (!this.#active) await this.#disconnected(faulty);
      await this.#probe(faulty, this.#active);
    } finally {
      await this.#leave(faulty);
    }
  }

  /** A plugin that is replaced goes wrong in its last call: its successor is asked all the same. */
  async #inShutdown(): Promise<void> {
    const faulty = await this.#join();
    const { events } = this.#options();
    const successor = await inProcess(this.#lab, { ...FAULTY, events: events ?? 0, takeover: true });
    try {
      await this.#eventually(() => successor.count("Synchronize") === 1 && this.#active, "no successor joined");
      // While it is still told to end it gets nothing any more.
      const { adaptation } = this.#lab;
      this.#expect(adaptation.plugins.length === 3, `${adaptation.plugins.length} plugins are active instead of 3`);
      await this.#probe(successor, true);
      const late = faulty.count(PROBE);
      this.#expect(late === undefined || late === 0, `the old instance got the next request ${late} times`);
      await this.#eventually(() => faulty.count("Shutdown") !== 0, "it was not told to end");
      await this.#disconnected(faulty);
      this.#expect((faulty.count("Shutdown") ?? 1) === 1, `it was told to end ${faulty.count("Shutdown")} times`);
    } finally {
      await faulty.close();
      await this.#leave(successor);
    }
  }

  #options(): WirePluginOptions {
    const { call, fault, strikes } = this.#round;
    return {
      ...FAULTY,
      events: eventsFor(call),
      old: call.old ?? false,
      fault: { method: call.method, kind: fault, strikes, lateMs: LATE_MS },
    };
  }

  async #join(): Promise<Faulty> {
    const { call, fault, policy } = this.#round;
    const faulty = await this.#bring(this.#lab, this.#options());
    try {
      await this.#lab.adaptation.waitForPlugins(3, { timeoutMs: SETTLE_MS });
    } catch (error) {
      const where = faulty.count("Configure") === undefined ? "in a process of its own" : "in this process";
      throw new Error(`${call.method} ${fault} ${policy}, ${where}: the plugin did not join`, { cause: error });
    }
    return faulty;
  }

  async #leave(faulty: Faulty): Promise<void> {
    await faulty.close();
    await this.#eventually(() => this.#lab.adaptation.plugins.length === 2, "the plugin is active after its end");
  }

  get #active(): boolean {
    return this.#lab.adaptation.plugins.some(({ name }) => name === NAME);
  }

  get #lateAnswers(): number {
    return this.#lab.adaptation.plugins.find(({ name }) => name === NAME)?.lateAnswers ?? 0;
  }

  get #settled(): boolean {
    return this.#active || this.#lab.states.get(NAME) === "closed";
  }

  /** Sends a request and holds the ledger of the healthy plugins to it. */
  async #ask(request: Request, reachesAll: boolean): Promise<Error | undefined> {
    const { name } = EVENTS[request];
    const before = this.#lab.healthy.map((plugin) => [plugin.count(name), plugin.total] as const);
    const id = String(this.#round.number);
    const pod = { id: `pod-${id}`, name: `pod-${id}`, namespace: "faults" };
    const container = { id: `ctr-${id}`, podSandboxId: pod.id, name: "ctr" };
    let error: Error | undefined;
    try {
      const message = EVENTS[request].subject === "pod" ? { pod } : { pod, container };
      await (this.#lab.adaptation[request] as (message: unknown) => Promise<unknown>)(message);
    } catch (thrown) {
      error = thrown as Error;
    }
    for (const [i, plugin] of this.#lab.healthy.entries()) {
      const [ofThis = 0, ofAll = 0] = before[i] ?? [];
      const got = plugin.count(name) - ofThis;
      const must = i === 0 || reachesAll ? 1 : 0;
      const other = plugin.total - ofAll - got;
      this.#expect(other === 0, `healthy plugin ${i + 1} of 2 got ${other} other calls with ${name}`);
      this.#expect(got === must, `healthy plugin ${i + 1} of 2 got ${name} ${got} times instead of ${must}`);
    }
    return error;
  }

  /** The next request goes to everybody who is left. */
  async #probe(faulty: Faulty, joined: boolean): Promise<void> {
    const { call } = this.#round;
    // Neither of the two ever goes by StateChange.
    const request: Request = call.request === "updateContainer" ? "stopContainer" : "updateContainer";
    const method = EVENTS[request].name;
    const before = faulty.count(method);
    const error = await this.#ask(request, true);
    this.#expect(error === undefined, `the next request failed: ${error?.message}`);
    const asks = joined && call.name !== "validateContainerAdjustment";
    const now = faulty.count(method);
    if (asks && before !== undefined && now !== undefined)
      this.#expect(now === before + 1, `the plugin got the next request ${now - before} times`);
  }

  /** Who is given up is not left with a connection that nobody uses. */
  async #disconnected(faulty: Faulty): Promise<void> {
    await this.#eventually(() => faulty.isDisconnected !== false, "its connection is still open");
  }

  #expect(holds: boolean, problem: string): void {
    if (holds) return;
    const { call, fault, policy, strikes } = this.#round;
    this.#problems.push(`${call.method} ${fault} ${policy} (strikes ${strikes}): ${problem}`);
  }

  async #eventually(check: () => boolean, problem: string): Promise<void> {
    const end = performance.now() + SETTLE_MS;
    while (!check()) {
      if (performance.now() > end) return this.#expect(false, problem);
      await pause(1);
    }
  }
}

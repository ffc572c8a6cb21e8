// The bridge put together: start, end, and what engines tell by themselves.
import { setTimeout } from "node:timers/promises";
import { createAdaptation, type Logger } from "@nri/adaptation";
import type { Domain, Engine, EngineEvents } from "../domain.js";
import { errorText } from "../error-text.js";
import { Journal } from "../journal/journal.js";
import type { Lease } from "../lease.js";
import { LIMITS } from "../limits.js";
import type { Bridge, BridgeOptions, EngineState } from "./bridge.js";
import { Changes } from "./changes.js";
import type { Common } from "./common.js";
import { exited, removed } from "./ended.js";
import { handle } from "./handle.js";
import { KeyQueue, keyOf } from "./key-queue.js";
import { Known } from "./known.js";
import { type ContainerEntry, containerEntries, type PodEntry, podEntries } from "./listed-things.js";
import { aboutContainer } from "./log-about.js";
import { OwnUpdates } from "./own-updates.js";
import { Plugins } from "./plugins.js";
import { type PodUpdate, updatePod } from "./pods.js";
import { reconcile } from "./reconcile.js";
import { RecordFiles } from "./record-files.js";
import { LIFE_RECORDS } from "./record-json.js";
import { stepRunner } from "./steps.js";

function ignore(): void {
  // what nobody wants to know
}
const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Makes a bridge; nothing happens before `start`, but that the folder for records is made. Throws what the file system says of
 * that, and `invalid-option` of the adaptation.
 */
export function createBridge(options: BridgeOptions): Bridge {
  return new WholeBridge(options);
}

class WholeBridge implements Bridge {
  readonly adaptation: Bridge["adaptation"];
  readonly #common: Common;
  readonly #ending = new AbortController();
  /** Engines that are away, and why. */
  readonly #away = new Map<string, string>();
  readonly #comparing = new Map<string, { again: boolean }>();
  /** What engines told before the end of the start; undefined afterwards. */
  #early: (() => void)[] | undefined = [];
  #hasMissedSome = false;
  #stopped: Promise<void> | undefined;

  constructor(options: BridgeOptions) {
    const { engines, log = SILENT, journal = new Journal({ log }) } = options;
    const step = stepRunner(options.onStep);
    const known = new Known(new RecordFiles(options.stateDir, LIFE_RECORDS, log), log);
    const ownUpdates = new OwnUpdates();
    const changes = new Changes({ engines, known, ownUpdates, journal, step, log });
    this.adaptation = createAdaptation({
      ...options.adaptation,
      observer: journal.observer(options.adaptation.observer),
      synchronize: async (sync) => {
        const { pods, containers } = known.snapshot();
        await changes.update(await sync(pods, containers));
      },
      updateContainers: async (updates, { plugin, evictions }) => {
        journal.wanted([...updates, ...evictions], [plugin.name]);
        await changes.evict(evictions);
        return changes.update(updates);
      },
    });
    this.#common = {
      engines,
      step,
      known,
      plugins: new Plugins({ adaptation: this.adaptation, journal, step, log }),
      changes,
      journal,
      ownUpdates,
      queue: new KeyQueue(),
      apply: options.apply ?? { compat: options.adaptation.compat },
      log,
      ending: this.#ending.signal,
    };
  }

  get engines(): readonly EngineState[] {
    return this.#common.engines.map(({ name }) => ({ name, away: this.#away.get(name) }));
  }

  get pods(): readonly PodEntry[] {
    return podEntries(this.#common.known);
  }

  get containers(): readonly ContainerEntry[] {
    return containerEntries(this.#common.known);
  }

  get waiting(): number {
    return this.#common.queue.waiting;
  }

  handle = (lease: Lease): Promise<void> => handle(this.#common, lease);

  async start(): Promise<void> {
    const { engines, known, plugins, log } = this.#common;
    known.load();
    const events: EngineEvents = {
      exited: (domain, id, exit) => this.#told(domain, id, () => exited(this.#common, domain, id, exit)),
      removed: (domain, id) => this.#told(domain, id, () => removed(this.#common, domain, id)),
      lost: (name) => {
        if (this.#away.delete(name)) this.#common.journal.engine(name, undefined);
        this.#whenStarted(() => this.#compare(name));
      },
      away: (name, reason) => {
        this.#away.set(name, reason);
        this.#common.journal.engine(name, reason);
      },
    };
    await Promise.all(
      engines.map(async (engine) => {
        try {
          await engine.start(events);
          await this.#compareOnce(engine, false);
        } catch (error) {
          log.error(`engine ${engine.name} does not start: ${errorText(error)}`);
        }
      }),
    );
    // Plugins that come now are not handed what has ended (spec: containerd 5.4), and need not hear of its removal.
    for (const record of known.all()) {
      if (record.kind === "container" && record.state === "stopped") {
        await this.#common.step("dropEnded", () => known.drop(record));
      }
    }
    this.#common.journal.keepOnly(known.all());
    plugins.isOpen = true;
    await this.adaptation.start();
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const tell of early) tell();
    if (this.#hasMissedSome) for (const { name } of engines) this.#compare(name);
    void this.#giveUpPending();
  }

  async updatePodSandbox(domain: string, id: string, update: PodUpdate, work: () => Promise<void>): Promise<void> {
    const { queue, known } = this.#common;
    await queue.run(keyOf(domain, id), async () => {
      const record = known.pod(domain, id);
      if (record?.state !== "running") throw new Error(`pod ${domain}/${id} does not run here`);
      await updatePod(this.#common, record, update, work);
    });
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    await this.adaptation.stop();
    // What waits for a real runtime may take its time; it is written down how far it has come.
    const idle = new AbortController();
    const limit = setTimeout(LIMITS.common.stopMs, undefined, { signal: idle.signal }).catch(() => undefined);
    await Promise.race([this.#common.queue.idle(), limit]);
    idle.abort();
    await Promise.all(this.#common.engines.map((engine) => engine[Symbol.asyncDispose]()));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** Something has happened to a container or pod: in its turn. */
  #told(domain: string, id: string, work: () => Promise<void>): void {
    this.#whenStarted(() => {
      const { queue, log } = this.#common;
      queue.run(keyOf(domain, id), work).catch((error: unknown) => {
        log.error(`what happened to ${domain}/${id} is lost: ${errorText(error)}`, aboutContainer({ domain, id }));
        const engine = this.#common.engines.find(({ domains }) => domains.some(({ name }) => name === domain));
        if (engine !== undefined) this.#compare(engine.name);
      });
    });
  }

  #whenStarted(tell: () => void): void {
    if (this.#ending.signal.aborted) return;
    if (this.#early === undefined) tell();
    else if (this.#early.length < LIMITS.common.maxEarlyEvents) this.#early.push(tell);
    else this.#hasMissedSome = true;
  }

  /** Compares an engine's domains with what is known, and once more when it is asked for meanwhile or something was left. */
  #compare(name: string): void {
    const underWay = this.#comparing.get(name);
    if (underWay !== undefined) {
      underWay.again = true;
      return;
    }
    const turn = { again: true };
    this.#comparing.set(name, turn);
    void this.#compareUntilDone(name, turn).finally(() => this.#comparing.delete(name));
  }

  async #compareUntilDone(name: string, turn: { again: boolean }): Promise<void> {
    const { engines, log } = this.#common;
    const { signal } = this.#ending;
    const { maxCompares, compareAgainMs } = LIMITS.common;
    try {
      for (let times = 0; turn.again && times < maxCompares && !signal.aborted; times++) {
        turn.again = false;
        const engine = engines.find((each) => each.name === name);
        if (engine !== undefined && (await this.#compareOnce(engine, false))) {
          turn.again = true;
          await setTimeout(compareAgainMs, undefined, { ref: false });
        }
      }
    } catch (error) {
      log.error(`engine ${name}: what exists is not compared: ${errorText(error)}`);
    }
  }

  async #compareOnce({ domains }: Engine, givesUp: boolean): Promise<boolean> {
    let isLeft = false;
    for (const domain of domains.filter(({ servesNri }) => !servesNri)) {
      isLeft = (await reconcile(this.#common, domain, givesUp)) || isLeft;
    }
    return isLeft;
  }

  /** What the real runtime was asked for in an earlier life, and has not come for so long, will not come. */
  async #giveUpPending(): Promise<void> {
    const { known, log } = this.#common;
    const isPending = (domain: Domain): boolean => known.all(domain.name).some(({ state }) => state === "pending");
    try {
      await setTimeout(LIMITS.common.pendingMs, undefined, { ref: false, signal: this.#ending.signal });
      for (const domain of this.#common.engines.flatMap(({ domains }) => domains).filter(isPending)) {
        await reconcile(this.#common, domain, true);
      }
    } catch (error) {
      if (!this.#ending.signal.aborted) log.error(`what exists is not compared: ${errorText(error)}`);
    }
  }
}

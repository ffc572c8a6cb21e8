// The way in for a plugin while requests run: configured, handed the state, brought up to date, in its place.
//
//   sync(pods, containers)      the moment: what begins from now on is queued for the plugin, or waits for it
//   state corrected             by what was on its way at that moment
//   Synchronize                 other requests run meanwhile
//   queued events, in order
//   joined                      and, for a takeover, the old instance told to end
import type { Container, ContainerEviction, ContainerUpdate, Init, PodSandbox } from "@nri/protocol";
import { AdaptationError, asError, errorText } from "../errors.js";
import type { Meter } from "../metrics.js";
import type { Settings, SyncCallback } from "../options.js";
import { type PluginPeer, RelayedRequest } from "../peer.js";
import type { PluginRecord } from "../plugin-record.js";
import type { Roster } from "../roster.js";
import type { Unsolicited } from "../unsolicited.js";
import type { Identities } from "./identities.js";
import { Joiner, type JoinerHost } from "./joiner.js";
import { Slots } from "./slots.js";
import { type Change, changeBy, changesState, corrected } from "./snapshot.js";
import type { SyncBlocks } from "./sync-blocks.js";
import type { Attachment, Ticket, Traffic } from "./traffic.js";

/** A plugin that can be configured and synchronised. */
export interface JoiningPeer extends PluginPeer {
  configure(): Promise<void>;
  synchronize(pods: readonly Init<PodSandbox>[], containers: readonly Init<Container>[]): Promise<ContainerUpdate[]>;
}

/** What the admission needs of its adaptation. */
export interface AdmissionHost {
  readonly settings: Settings;
  readonly roster: Roster;
  readonly traffic: Traffic;
  readonly blocks: SyncBlocks;
  readonly identities: Identities;
  readonly meter: Meter | undefined;
  readonly warn: (text: string, plugin: PluginRecord, error?: Error) => void;
  readonly isStopping: () => boolean;
  /** It is a plugin like others now. */
  readonly joined: (plugin: JoiningPeer) => void;
  /** The rules of this moment. */
  readonly policies: () => JoinerHost["policies"];
  readonly unsolicited: Unsolicited;
  /** Waits until of the requests under way at most one is left. */
  readonly calm: () => Promise<void>;
}

/** Lets plugins in, each at its own pace. */
export class Admission {
  readonly #host: AdmissionHost;
  readonly #slots: Slots;
  readonly #endings = new Set<Promise<void>>();

  constructor(host: AdmissionHost) {
    this.#host = host;
    this.#slots = new Slots(host.settings.limits.maxConcurrentSyncs);
  }

  /** Resolves when every plugin that was replaced is gone. */
  async ended(): Promise<void> {
    await Promise.all(this.#endings);
  }

  /** Brings in a plugin that has registered and is configured. Never rejects: a plugin that fails is closed, with a warning. */
  async admit(plugin: JoiningPeer): Promise<void> {
    const { settings, warn, isStopping } = this.#host;
    try {
      await this.#slots.use(() => this.#synchronize(plugin));
      settings.log.info(`plugin "${plugin.record.name}" connected and synchronized`, { plugin: plugin.record.name });
    } catch (error) {
      const failure = asError(error);
      if (!isStopping()) {
        plugin.close(failure);
        warn(`failed to synchronize plugin: ${errorText(error)}`, plugin.record, failure);
      }
    }
  }

  async #synchronize(plugin: JoiningPeer): Promise<void> {
    const { blocks, traffic, settings, warn } = this.#host;
    // A request that waits for this plugin may have been made within a block: to wait for its end would be for ever.
    const handedOver = traffic.awaits(plugin.record.name) ? (): void => undefined : await blocks.handOver();
    const watch = traffic.watch();
    let joining: Promise<ContainerUpdate[]> | undefined;
    let tookOver = false;
    const join = (state?: Parameters<SyncCallback>): Promise<ContainerUpdate[]> => {
      if (joining !== undefined) {
        throw new AdaptationError("sync-failed", `plugin "${plugin.record.name}": the runtime synchronized it twice`);
      }
      if (watch.hasLostSome) {
        const { maxQueuedEvents } = settings.limits;
        const text = `plugin "${plugin.record.name}": more than ${maxQueuedEvents} pods and containers came or went while the runtime gathered its state (limits.maxQueuedEvents)`;
        throw new AdaptationError("sync-failed", text, { plugin: plugin.record.name, request: "Synchronize" });
      }
      const replaces = this.#host.identities.replacedBy(plugin);
      tookOver = replaces !== undefined;
      const joiner = new Joiner(plugin, replaces, {
        compat: settings.compat,
        limits: settings.limits,
        requestTimeoutMs: settings.requestTimeoutMs,
        observer: settings.observer,
        meter: this.#host.meter,
        policies: this.#host.policies(),
        warn,
        lateUpdates: (from, updates, evictions) => this.#lateUpdates(from, updates, evictions),
      });
      // From here to the attachment nothing may come between: this is the moment.
      const attachment = traffic.attach(joiner, watch);
      handedOver();
      joining = this.#join(plugin, joiner, attachment, state);
      joining.catch(() => undefined); // the runtime may look away; we do not, below
      return joining;
    };
    try {
      // With the watch requests begin one after the other, until the plugin has joined: what is under way is known then.
      await this.#host.calm();
      checkOpen(plugin);
      await settings.synchronize(async (pods, containers) => join([[...pods], [...containers]]));
      if (joining === undefined) {
        warn(`plugin "${plugin.record.name}": the runtime did not synchronize it`, plugin.record);
        await join();
      }
      await joining;
    } catch (error) {
      if (!tookOver || plugin.record.state !== "active") {
        throw error;
      }
      // It is the only instance left: it stays, whatever became of the updates that it asked for.
      warn(`plugin "${plugin.record.name}": ${errorText(error)}`, plugin.record, asError(error));
    } finally {
      traffic.unwatch(watch);
      handedOver();
    }
    checkOpen(plugin);
  }

  async #join(
    plugin: JoiningPeer,
    joiner: Joiner,
    attachment: Attachment,
    state: Parameters<SyncCallback> | undefined,
  ): Promise<ContainerUpdate[]> {
    const { traffic, isStopping } = this.#host;
    const { replaces } = joiner;
    try {
      const changes = [...attachment.changes, ...(await this.#corrections(joiner, attachment.underWay))];
      let updates: ContainerUpdate[] = [];
      if (state !== undefined) {
        const { pods, containers } = corrected({ pods: state[0], containers: state[1] }, changes);
        updates = await plugin.synchronize(pods, containers);
        await this.#host.unsolicited.judge(plugin.record, updates);
      }
      await this.#catchUp(joiner, attachment.underWay);
      // No await from the last look at the queue to the place among the others.
      if (isStopping()) {
        throw new AdaptationError("stopped", "the adaptation was stopped");
      }
      checkOpen(plugin);
      this.#takePlace(plugin, replaces);
      return updates;
    } catch (error) {
      if (!isStopping()) {
        plugin.close(asError(error)); // at the end of it all it is being told to shut down at this moment
      }
      if (replaces !== undefined) {
        await this.#fallBack(joiner, replaces);
      }
      throw error;
    } finally {
      traffic.detach(joiner);
    }
  }

  /**
   * What the request that is under way at the moment means for the plugin: it corrects the state that it is handed, or it is
   * the first in its queue. In a takeover the old instance sees it, and nobody else.
   */
  async #corrections(joiner: Joiner, underWay: Ticket | undefined): Promise<readonly Change[]> {
    if (underWay === undefined) {
      return [];
    }
    const { name } = joiner.peer.record;
    const queue = (): void => {
      if (joiner.replaces === undefined && underWay.sequence !== undefined && !underWay.isAwaiting(name)) {
        const { row, message, sequence, request } = underWay;
        joiner.push(
          row.answer === "nothing" && request !== undefined ? request : new RelayedRequest(row, message, sequence),
        );
      }
    };
    if (!changesState(underWay.row) && underWay.sequence !== undefined) {
      queue();
      return [];
    }
    return new Promise((resolve, reject) => {
      underWay.whenSettled(name, () => {
        const over = underWay.succeeded !== undefined;
        const change = changeBy(underWay.row, underWay.outcome, underWay.succeeded === true);
        try {
          if (over && change === undefined) {
            queue();
          }
        } catch (error) {
          reject(error); // a request that cannot be encoded: we are called at its end, and must not disturb that
        }
        resolve(change === undefined ? [] : [change]);
      });
    });
  }

  /** Until the queue is empty and, for a takeover, the old instance has finished what it was asked before. */
  async #catchUp(joiner: Joiner, underWay: Ticket | undefined): Promise<void> {
    const { name } = joiner.peer.record;
    for (;;) {
      if (!joiner.isEmpty) {
        await joiner.deliver();
      } else if (joiner.replaces !== undefined && underWay !== undefined && underWay.succeeded === undefined) {
        await new Promise<void>((resolve) => underWay.whenSettled(name, resolve));
        if (underWay.isAwaiting(name)) {
          return;
        }
      } else {
        return;
      }
    }
  }

  #takePlace(plugin: JoiningPeer, replaces: PluginPeer | undefined): void {
    const { roster, identities, joined, settings } = this.#host;
    if (replaces !== undefined) {
      identities.swapped(plugin);
      roster.leave(replaces);
    }
    joined(plugin);
    if (replaces === undefined || replaces.record.state === "closed") {
      return;
    }
    settings.log.info(`plugin "${plugin.record.name}" was taken over by a newer instance`, {
      plugin: plugin.record.name,
    });
    const ending = replaces
      .shutdown()
      .then(() => replaces.close(undefined))
      .finally(() => this.#endings.delete(ending));
    this.#endings.add(ending);
  }

  /** The newcomer of a takeover has failed: the old instance gets what was queued, and stays. */
  async #fallBack(joiner: Joiner, old: PluginPeer): Promise<void> {
    joiner.fallBack(old);
    try {
      while (!joiner.isEmpty && old.record.state === "active") {
        await joiner.deliver();
      }
    } catch (error) {
      old.close(asError(error));
      this.#host.warn(`closing plugin ${old.record.name}: ${errorText(error)}`, old.record, asError(error));
    }
  }

  /** The request that they were asked for has its result already: they are applied as if the plugin had sent them by itself. */
  #lateUpdates(plugin: PluginPeer, updates: ContainerUpdate[], evictions: ContainerEviction[]): void {
    const { unsolicited, warn } = this.#host;
    unsolicited
      .update(plugin.record, updates, evictions, new AbortController().signal)
      .then((failed) => {
        for (const { containerId } of failed) {
          warn(`plugin "${plugin.record.name}": its update of container "${containerId}" failed`, plugin.record);
        }
      })
      .catch((error: unknown) => {
        warn(`plugin "${plugin.record.name}": its updates failed: ${errorText(error)}`, plugin.record, asError(error));
      });
  }
}

function checkOpen({ record }: PluginPeer): void {
  if (record.state === "closed") {
    throw record.reason ?? new AdaptationError("stopped", "the adaptation was stopped");
  }
}

// The public face of the runtime side.
import { EVENT_NAMES, type EventName, type EventRequest, type EventResponse, type Init } from "@nri/protocol";
import type { WarmUp } from "@nri/protocol/warm-up";
import type { ByteStream } from "@nri/ttrpc";
import type { RequestOptions } from "./caller-signal.js";
import { Core } from "./core.js";
import type { PluginSyncBlock } from "./joining/sync-blocks.js";
import type { PluginInfo } from "./observer.js";
import { type AdaptationOptions, type Reconfiguration, settingsOf } from "./options.js";
import type { WaitOptions } from "./roster.js";
import { beginWarmUp } from "./warm-up/warm-up.js";

/** Events that the runtime reports; validation is not one of them. */
export type RequestName = Exclude<EventName, "validateContainerAdjustment">;

/**
 * One method per event, `runPodSandbox` to `postUpdatePodSandbox`: asks all subscribed plugins in order and gives the joined answer.
 * Requests are strictly one after the other, in the order of the calls, unless the option `relay` lets several be under way. All reject with an `AdaptationError`.
 */
export type AdaptationRequests = {
  readonly [Name in RequestName]: (
    request: Init<EventRequest<Name>>,
    options?: RequestOptions,
  ) => Promise<EventResponse<Name>>;
};

/** The runtime side of NRI. */
export interface Adaptation extends AdaptationRequests, AsyncDisposable {
  /** Active plugins in the order in which they are asked. */
  readonly plugins: readonly PluginInfo[];
  /**
   * Starts the plugins, synchronises them, then listens. A plugin that fails is a warning; what fails the start
   * (unreadable directories, no socket, the runtime's own `synchronize`) ends everything that was started and is thrown.
   */
  start(): Promise<void>;
  /**
   * Takes other options, in order, while it runs. First it tries all that can fail (paths, the plugin directory, builtins):
   * what it then throws has changed nothing. From one request to the next rules, times and builtins are the new ones; the socket moves, and
   * connected plugins stay. Then launched plugins are compared with what is installed: new ones start, those that are gone
   * are told to end, those whose program or configuration has changed are replaced without a gap, all others stay as they
   * are. Resolves when that is done; a plugin that fails is a warning. They are not told of other time-outs.
   */
  reconfigure(options: Reconfiguration): Promise<void>;
  /**
   * Ends everything: no more connections, no more requests (one under way is finished, waiting ones are refused), plugins
   * are told to shut down, launched ones are reaped. Resolves when all is gone. Idempotent.
   */
  stop(): Promise<void>;
  /** Resolves as soon as `count` plugins are active. Rejects with `deadline-exceeded`, `canceled`, or `stopped` at the stop. */
  waitForPlugins(count: number, options?: WaitOptions): Promise<readonly PluginInfo[]>;
  /**
   * Takes in a plugin at the other end of a connection that the application has made, such as one in the same process
   * (`streamPair` of `@nri/ttrpc`): as one that connects to the socket, and `config` is handed to it with Configure.
   * Resolves when it is active; rejects with what it failed for, its connection being closed then.
   */
  accept(connection: ByteStream, options?: { readonly config?: string | undefined }): Promise<PluginInfo>;
  /**
   * Keeps external plugins from being synchronised until it is released: for operations of several requests, so that no
   * plugin sees half of one. A holder must not ask for a second one.
   */
  blockPluginSync(): Promise<PluginSyncBlock>;
}

/** Makes an adaptation; nothing happens before `start`. Throws `invalid-option`. */
export function createAdaptation(options: AdaptationOptions): Adaptation {
  const settings = settingsOf(options);
  const core = new Core(settings);
  let warmUp: WarmUp | undefined;
  const start = async (): Promise<void> => {
    await core.start();
    if (settings.warmUp) {
      warmUp = beginWarmUp(createAdaptation, (why) => settings.log.debug(`warm-up ended: ${why}`));
    }
  };
  const stop = (): Promise<void> => {
    warmUp?.stop();
    return core.stop();
  };
  const requests = Object.fromEntries(
    EVENT_NAMES.map((name) => [
      name,
      (request: Init<unknown>, requestOptions?: RequestOptions) => {
        warmUp?.stop();
        return core.relay.relay(name, request as never, requestOptions);
      },
    ]),
  ) as unknown as AdaptationRequests;
  return {
    ...requests,
    get plugins() {
      return core.roster.infos;
    },
    start,
    reconfigure: (next) => core.reconfigure(next),
    stop,
    waitForPlugins: (count, waitOptions = {}) => core.roster.waitFor(count, waitOptions),
    accept: (connection, { config = "" } = {}) => core.accept(connection, config),
    blockPluginSync: () => core.blocks.block(),
    [Symbol.asyncDispose]: stop,
  };
}

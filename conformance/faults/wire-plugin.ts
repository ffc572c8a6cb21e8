// A plugin on a socket of this process that answers in order until it is told to go wrong in one call.
import { connect, type Socket } from "node:net";
import {
  ConfigureResponse,
  EVENT_NAMES,
  EVENTS,
  type Init,
  Mux,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  RegisterPluginRequest,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  SynchronizeRequest,
  SynchronizeResponse,
  TAKEOVER_METADATA,
  UpdateContainersRequest,
  VALID_EVENTS,
} from "@nri/protocol";
import { duplexStream, type Handler, StatusCode, StatusError, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import type { Fault } from "./table.js";

/** How a plugin on the socket behaves. */
export interface WirePluginOptions {
  readonly index: string;
  readonly name: string;
  /** Event mask it answers Configure with; everything but validation by default. */
  readonly events?: number;
  /** Answers every call of this method with `fault`, for its first `strikes` calls. */
  readonly fault?: { readonly method: string; readonly kind: Fault; readonly strikes: number; readonly lateMs: number };
  /** Knows StateChange only, as plugins older than the dedicated calls. */
  readonly old?: boolean;
  /** Its death is that of its process. */
  readonly mortal?: boolean;
  /** Takes the place of the live plugin of the same name. */
  readonly takeover?: boolean;
  /** Done in every call, before it is answered. */
  readonly around?: () => Promise<void>;
  /** Answers by method, instead of an empty message. */
  readonly answers?: { readonly [method: string]: (payload: Uint8Array) => Uint8Array | Promise<Uint8Array> };
  /** Answer to Synchronize. */
  readonly synchronize?: (request: SynchronizeRequest) => Init<SynchronizeResponse>;
}

const ALL_BUT_VALIDATION = VALID_EVENTS & ~EVENTS.validateContainerAdjustment.mask;

/** A plugin that speaks the wire by itself, so that it can go wrong in ways that no SDK would. */
export class WirePlugin {
  /** Calls by method. */
  readonly calls = new Map<string, number>();
  readonly #socket: Socket;
  readonly #mux: Mux;
  readonly #client: TtrpcClient;
  readonly #options: WirePluginOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isDisconnected = false;
  #strikesLeft: number;

  private constructor(socket: Socket, options: WirePluginOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#strikesLeft = options.fault?.strikes ?? 0;
    this.#mux = new Mux(duplexStream(socket), { blockedRead: true });
    this.#client = new TtrpcClient(this.#mux.open(RUNTIME_CONNECTION));
    new TtrpcServer().register(PLUGIN_SERVICE, this.#methods()).serve(this.#mux.open(PLUGIN_CONNECTION));
    void this.#client.closed.then(() => {
      this.#isDisconnected = true;
    });
    this.#mux.unblock();
  }

  /** Whether its connection is gone, whoever ended it. */
  get isDisconnected(): boolean {
    return this.#isDisconnected;
  }

  /** Connects, but does not register. */
  static connect(path: string, options: WirePluginOptions): Promise<WirePlugin> {
    return new Promise((resolve, reject) => {
      const socket = connect({ path, allowHalfOpen: true });
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        socket.on("error", () => undefined); // a reset is one of the things that are tried
        resolve(new WirePlugin(socket, options));
      });
    });
  }

  /** Resolves when its connection is gone. */
  get closed(): Promise<unknown> {
    return this.#mux.closed;
  }

  /** Registers, also a second time, and then also under another name. */
  async register({ index, name }: { index: string; name: string } = this.#options): Promise<void> {
    const request = RegisterPluginRequest.encode({ pluginIdx: index, pluginName: name, NRIVersion: "v0.12.2" });
    const metadata: [string, string][] = this.#options.takeover ? [[TAKEOVER_METADATA, "true"]] : [];
    await this.#client.call(RUNTIME_SERVICE, "RegisterPlugin", request, { metadata });
  }

  /** Asks the runtime to change containers; resolves when that was answered. */
  async updateContainers(init: Init<UpdateContainersRequest>): Promise<void> {
    await this.#client.call(RUNTIME_SERVICE, "UpdateContainers", UpdateContainersRequest.encode(init));
  }

  /** How often `method` was called. */
  count(method: string): number {
    return this.calls.get(method) ?? 0;
  }

  /** How often anything was called. */
  get total(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#mux.close();
    this.#socket.destroy();
  }

  #methods(): Record<string, Handler> {
    const { events = ALL_BUT_VALIDATION, old = false, synchronize, answers = {} } = this.#options;
    const methods: Record<string, Handler> = {
      Configure: () => ConfigureResponse.encode({ events }),
      Synchronize: (payload) => {
        const request = SynchronizeRequest.decode(payload);
        return SynchronizeResponse.encode(synchronize?.(request) ?? { more: request.more });
      },
      Shutdown: () => new Uint8Array(0),
      StateChange: () => new Uint8Array(0),
    };
    for (const event of EVENT_NAMES) {
      const { name, stateChange } = EVENTS[event];
      if (!(old && stateChange)) methods[name] = () => new Uint8Array(0);
    }
    for (const [name, answer] of Object.entries(answers)) methods[name] = answer;
    return Object.fromEntries(Object.entries(methods).map(([name, answer]) => [name, this.#withFault(name, answer)]));
  }

  #withFault(method: string, answer: Handler): Handler {
    return (payload, context) => {
      this.calls.set(method, this.count(method) + 1);
      const { fault, around } = this.#options;
      if (around !== undefined) return around().then(() => answer(payload, context));
      if (fault === undefined || fault.method !== method || this.#strikesLeft === 0) return answer(payload, context);
      this.#strikesLeft--;
      return this.#strike(fault.kind, fault.lateMs, () => answer(payload, context));
    };
  }

  #strike(
    fault: Fault,
    lateMs: number,
    answer: () => Uint8Array | Promise<Uint8Array>,
  ): Uint8Array | Promise<Uint8Array> {
    switch (fault) {
      case "hang":
        return new Promise(() => undefined);
      case "late":
        return new Promise((resolve) => {
          const timer = setTimeout(() => {
            this.#timers.delete(timer);
            resolve(answer());
          }, lateMs);
          this.#timers.add(timer);
        });
      case "close":
        this.close();
        return new Promise(() => undefined);
      case "half-close":
        this.#socket.end();
        return new Promise(() => undefined);
      case "death":
        if (this.#options.mortal) process.kill(process.pid, "SIGKILL");
        this.#socket.destroy();
        return new Promise(() => undefined);
      default:
        throw new StatusError(StatusCode[fault], `asked to fail with ${fault}`);
    }
  }
}

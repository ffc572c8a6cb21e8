// A plugin without SDK for tests: speaks the wire, answers what it is told, notes what it is asked.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  ConfigureRequest,
  ConfigureResponse,
  type ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type FailurePolicy,
  type Init,
  Mux,
  NRI_VERSION,
  PLUGIN_CONNECTION,
  PLUGIN_SERVICE,
  RegisterPluginRequest,
  RUNTIME_CONNECTION,
  RUNTIME_SERVICE,
  StateChangeEvent,
  SynchronizeRequest,
  SynchronizeResponse,
  UpdateContainersRequest,
  UpdateContainersResponse,
} from "@nri/protocol";
import { type ByteStream, type CallOptions, type Handler, StatusError, TtrpcClient, TtrpcServer } from "@nri/ttrpc";
import { duplexStream } from "@nri/ttrpc/node";

/** How a raw plugin behaves. */
export interface RawPluginOptions {
  readonly index?: string;
  readonly name?: string;
  /** Answer to Configure; by default the events that `on` has handlers for. */
  readonly events?: number;
  /** What it asks for with its answer to Configure. */
  readonly failurePolicy?: Init<FailurePolicy>;
  /** Answers by handler name: a response, or what makes one. */
  readonly on?: { readonly [Name in EventName]?: (request: never) => unknown };
  readonly synchronize?: (
    request: SynchronizeRequest,
  ) => Init<SynchronizeResponse> | Promise<Init<SynchronizeResponse>>;
  /** Replaces methods of service Plugin altogether. */
  readonly methods?: { readonly [method: string]: Handler | undefined };
  /** Asks to take over from the instance that is there. */
  readonly takeover?: boolean;
  /** How many requests it says that it takes at once. */
  readonly concurrency?: string;
  /** Does not register by itself. */
  readonly unregistered?: boolean;
}

/** One call that a raw plugin got. */
export interface RawCall {
  readonly method: string;
  readonly request: unknown;
}

/** A connected raw plugin. */
export class RawPlugin {
  readonly calls: RawCall[] = [];
  readonly client: TtrpcClient;
  readonly closed: Promise<unknown>;
  readonly #socket: Socket | undefined;
  readonly #mux: Mux;
  readonly #metadata: readonly (readonly [string, string])[];

  /** `socket` is what is under the stream, for bytes and ends that no plugin should send. */
  constructor(stream: ByteStream, options: RawPluginOptions, socket?: Socket) {
    this.#metadata = [
      ...(options.takeover === true ? [["nri-takeover", "true"] as const] : []),
      ...(options.concurrency === undefined ? [] : [["nri-concurrency", options.concurrency] as const]),
    ];
    const on = options.on ?? {};
    const asked = EVENT_NAMES.filter((name) => on[name] !== undefined);
    const events = options.events ?? asked.reduce((mask, name) => mask | EVENTS[name].mask, 0);
    const methods: Record<string, Handler> = {
      Configure: (payload) => {
        this.#note("Configure", ConfigureRequest.decode(payload));
        return ConfigureResponse.encode({ events, failurePolicy: options.failurePolicy });
      },
      Synchronize: async (payload) => {
        const request = SynchronizeRequest.decode(payload);
        this.#note("Synchronize", request);
        return SynchronizeResponse.encode((await options.synchronize?.(request)) ?? { more: request.more });
      },
      Shutdown: () => {
        this.#note("Shutdown", {});
        return new Uint8Array(0);
      },
      StateChange: (payload) => {
        this.#note("StateChange", StateChangeEvent.decode(payload));
        return new Uint8Array(0);
      },
    };
    for (const name of EVENT_NAMES) {
      const row = EVENTS[name];
      methods[row.name] = async (payload) => {
        const request = row.request.decode(payload);
        this.#note(row.name, request);
        const response = await on[name]?.(request as never);
        return response instanceof Uint8Array ? response : row.response.encode((response ?? {}) as never);
      };
    }
    for (const [method, handler] of Object.entries(options.methods ?? {})) {
      if (handler === undefined) {
        delete methods[method];
      } else {
        methods[method] = (payload, context) => {
          this.#note(method, payload);
          return handler(payload, context);
        };
      }
    }
    this.#socket = socket;
    this.#mux = new Mux(stream, { blockedRead: true });
    this.closed = this.#mux.closed;
    this.client = new TtrpcClient(this.#mux.open(RUNTIME_CONNECTION));
    new TtrpcServer().register(PLUGIN_SERVICE, methods).serve(this.#mux.open(PLUGIN_CONNECTION));
    this.#mux.unblock();
  }

  /** The socket under the stream. */
  get socket(): Socket {
    if (this.#socket === undefined) {
      throw new Error("this plugin was given a stream only");
    }
    return this.#socket;
  }

  #note(method: string, request: unknown): void {
    this.calls.push({ method, request });
  }

  /** Names of the calls so far. */
  get methods(): string[] {
    return this.calls.map(({ method }) => method);
  }

  /** Requests of one method so far. */
  requests<T>(method: string): T[] {
    return this.calls.filter((call) => call.method === method).map(({ request }) => request as T);
  }

  async register(index: string, name: string, NRIVersion = NRI_VERSION): Promise<void> {
    const request = RegisterPluginRequest.encode({ pluginIdx: index, pluginName: name, NRIVersion });
    const options: CallOptions = { metadata: this.#metadata };
    await this.client.call(RUNTIME_SERVICE, "RegisterPlugin", request, options);
  }

  async updateContainers(init: Init<UpdateContainersRequest>): Promise<ContainerUpdate[]> {
    const answer = await this.client.call(RUNTIME_SERVICE, "UpdateContainers", UpdateContainersRequest.encode(init));
    return UpdateContainersResponse.decode(answer).failed;
  }

  close(): void {
    this.#mux.close();
  }
}

/** Connects a raw plugin to a socket, and registers it unless told otherwise. */
export async function connectRawPlugin(path: string, options: RawPluginOptions = {}): Promise<RawPlugin> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, "connect");
  const plugin = new RawPlugin(duplexStream(socket), options, socket);
  if (options.unregistered !== true) {
    await plugin.register(options.index ?? "10", options.name ?? "raw");
  }
  return plugin;
}

/** A handler that fails with a plain error, as a Go plugin's does. */
export function failing(text: string, status = 2): () => never {
  return () => {
    throw new StatusError(status, text);
  };
}

/** A handler that never answers. */
export function silent(): Promise<never> {
  return new Promise<never>(() => undefined);
}

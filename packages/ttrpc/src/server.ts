// The answering side: services by name, one connection object per stream, error replies as the reference words them.

import { TtrpcError } from "./errors.js";
import { type Answer, chain, type Handler, type ServerCall, type ServerInterceptor } from "./interceptors.js";
import { DEFAULT_LIMITS, type TtrpcLimits, withDefaults } from "./limits.js";
import { ServedConnection, type ServerConnection } from "./server-connection.js";
import type { ByteStream } from "./stream.js";

/** What a server can be told. */
export interface ServerOptions {
  /** Maxima that differ from DEFAULT_LIMITS, for each connection. */
  readonly limits?: Partial<TtrpcLimits> | undefined;
  /** Stand around every handler; the first is the outermost. */
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
}

/** Services and their methods, offered on any number of connections. */
export class TtrpcServer {
  readonly #limits: TtrpcLimits;
  readonly #services = new Map<string, ReadonlyMap<string, Handler>>();
  readonly #interceptors: readonly ServerInterceptor[];
  readonly #connections = new Set<ServedConnection>();
  #closed = false;

  constructor(options: ServerOptions = {}) {
    this.#limits = withDefaults(DEFAULT_LIMITS, options.limits);
    this.#interceptors = options.interceptors ?? [];
  }

  /**
   * Offers a service, named with its package (`nri.pkg.api.v1alpha1.Plugin`), and its methods by bare name. Refuses (code
   * `invalid-argument`) a service that is offered already. Gives the server back.
   */
  register(service: string, methods: Readonly<Record<string, Handler>>): this {
    if (this.#services.has(service)) throw new TtrpcError("invalid-argument", `service ${service} is registered twice`);
    const table = new Map<string, Handler>();
    for (const [method, handler] of Object.entries(methods)) table.set(method, this.#intercepted(handler));
    this.#services.set(service, table);
    return this;
  }

  /**
   * Answers requests on the stream until it ends, and owns it: closing the connection closes it. Throws TtrpcError
   * `closed` after `close()`.
   */
  serve(stream: ByteStream): ServerConnection {
    if (this.#closed) throw new TtrpcError("closed", "ttrpc: server closed");
    const connection = new ServedConnection(stream, this.#services, this.#limits, () =>
      this.#connections.delete(connection),
    );
    this.#connections.add(connection);
    connection.open();
    return connection;
  }

  /** Closes all connections; running handlers see an aborted signal. Idempotent. */
  close(): void {
    this.#closed = true;
    for (const connection of [...this.#connections]) connection.close(new TtrpcError("closed", "ttrpc: server closed"));
  }

  /** Closes all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #intercepted(handler: Handler): Handler {
    if (this.#interceptors.length === 0) return handler;
    const run = chain<ServerCall, Answer>(this.#interceptors, (call) => handler(call.payload, call.context));
    return (payload, context) => run({ payload, context });
  }
}

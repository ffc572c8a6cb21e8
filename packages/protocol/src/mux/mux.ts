// The multiplexer: one trunk (a socket), numbered connections over it. Contract:
//
// - Connections are opened and closed locally; the wire has no word for either. Both ends know their ids beforehand.
// - Writing never blocks: it goes into the trunk's bounded queue or throws `write-queue-full`. A message leaves in one write.
// - Reading never blocks: bytes go straight to the receiver of their connection, in views of the trunk's chunk. For a
//   connection that is open but not read yet they are kept, bounded; past the bound the whole multiplexer closes, as the
//   reference does (mux.go, reader). Frames for ids that nobody opened, and for 0, are dropped and counted.
// - A frame over the maximum, or a trunk cut within a frame, closes everything with the reason; nothing is allocated for it.

import { type ByteStream, TtrpcError } from "@nri/ttrpc";
import { ProtocolError } from "../errors.js";
import { MuxConnection, type Trunk } from "./connection.js";
import { MuxDecoder, muxFrames } from "./frame.js";
import { type MuxLimits, muxLimits } from "./limits.js";

/** What a multiplexer can be told. */
export interface MuxOptions {
  /** Maxima that differ from DEFAULT_MUX_LIMITS. */
  readonly limits?: Partial<MuxLimits> | undefined;
  /** Read nothing before `unblock()`, so that all connections can be opened before the first frame is seen. */
  readonly blockedRead?: boolean | undefined;
}

/** What a multiplexer has counted. */
export interface MuxStats {
  /** Frames received. */
  readonly frames: number;
  /** Frames received for connections that nobody has opened. */
  readonly droppedFrames: number;
}

/** Numbered connections over one trunk, which it owns. */
export class Mux {
  /** Resolves when the trunk is gone: with the reason, or undefined when the peer ended it between frames. Never rejects. */
  readonly closed: Promise<Error | undefined>;
  readonly #trunk: ByteStream;
  readonly #limits: MuxLimits;
  readonly #connections = new Map<number, MuxConnection>();
  readonly #decoder: MuxDecoder;
  readonly #stats = { frames: 0, droppedFrames: 0 };
  readonly #shared: Trunk;
  #resolveClosed: (reason: Error | undefined) => void = () => undefined;
  #current: MuxConnection | undefined;
  #opened = false;
  #end: { readonly reason: Error | undefined } | undefined;

  /** Reading starts at once, unless `blockedRead` is set; connections opened in the same tick miss nothing. */
  constructor(trunk: ByteStream, options: MuxOptions = {}) {
    this.#trunk = trunk;
    this.#limits = muxLimits(options.limits);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#decoder = new MuxDecoder({
      frame: (id, length) => this.#frame(id, length),
      piece: (bytes) => this.#current?.piece(bytes),
    });
    this.#shared = {
      limits: this.#limits,
      get queuedBytes() {
        return trunk.queuedBytes;
      },
      send: (id, parts) => this.#trunk.write(muxFrames(id, parts)),
      forget: (id) => this.#connections.delete(id),
    };
    if (options.blockedRead !== true) this.unblock();
  }

  /** What has been counted until now. */
  get stats(): MuxStats {
    return { ...this.#stats };
  }

  /**
   * The connection with this id, which exists from now on for this side; the same object until it is closed. Refuses id 0,
   * numbers of more than 32 bits, and more than `maxConnections` (ProtocolError `mux`); TtrpcError `closed` on a closed
   * multiplexer.
   */
  open(id: number): ByteStream {
    if (id === 0) throw new ProtocolError("mux", "ConnID 0 is reserved");
    if (id !== id >>> 0) throw new ProtocolError("mux", `connection id must be a 32-bit number, got ${id}`);
    if (this.#end !== undefined) throw new TtrpcError("closed", "multiplexer is closed", { cause: this.#end.reason });
    const known = this.#connections.get(id);
    if (known !== undefined) return known;
    if (this.#connections.size >= this.#limits.maxConnections) {
      throw new ProtocolError("mux", `${this.#connections.size} connections are open already`);
    }
    const connection = new MuxConnection(id, this.#shared);
    this.#connections.set(id, connection);
    return connection;
  }

  /** Starts reading after `blockedRead`. Idempotent. */
  unblock(): void {
    if (this.#opened || this.#end !== undefined) return;
    this.#opened = true;
    this.#trunk.open({ data: (chunk) => this.#data(chunk), closed: (reason) => this.#lost(reason) });
  }

  /** Closes all connections and the trunk. Idempotent; the first reason stays. */
  close(reason?: Error): void {
    if (this.#end !== undefined) return;
    this.#finish(reason);
    this.#trunk.close(reason);
  }

  /** Closes all connections and the trunk. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  #data(chunk: Uint8Array): void {
    try {
      this.#decoder.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.close(error);
    }
  }

  #frame(id: number, length: number): void {
    this.#stats.frames++;
    this.#current = this.#connections.get(id);
    if (this.#current === undefined) {
      this.#stats.droppedFrames++;
    } else if (!this.#current.frame(length)) {
      this.close(new ProtocolError("mux", `failed to queue payload for reading: nobody reads connection ${id}`));
    }
  }

  #lost(reason: Error | undefined): void {
    if (this.#end !== undefined) return;
    const within = this.#decoder.within;
    if (within === undefined) {
      this.#finish(reason);
    } else {
      const text = `failed to read ${within} from trunk: ${reason?.message ?? "unexpected EOF"}`;
      this.#finish(new ProtocolError("mux", text, { cause: reason }));
    }
  }

  #finish(reason: Error | undefined): void {
    this.#end = { reason };
    this.#decoder.stop();
    const connections = [...this.#connections.values()];
    this.#connections.clear();
    for (const connection of connections) connection.end(reason);
    this.#resolveClosed(reason);
  }
}

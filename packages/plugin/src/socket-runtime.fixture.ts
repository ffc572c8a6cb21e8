// A runtime that listens on a socket, comes and goes. For tests of what plugins do then.
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { duplexStream } from "@nri/ttrpc";
import { RawRuntime, type RawRuntimeOptions } from "./raw-runtime.fixture.js";

/** A folder for one test; gone afterwards. */
export async function scratchFolder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "nri-sdk-"));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Listens at `path`; each connection is a raw runtime. */
export class SocketRuntime implements AsyncDisposable {
  readonly #server: Server;
  readonly #waiting: ((runtime: RawRuntime) => void)[] = [];
  readonly #arrived: RawRuntime[] = [];
  readonly #all: RawRuntime[] = [];

  private constructor(options: RawRuntimeOptions) {
    this.#server = createServer((socket: Socket) => {
      const runtime = new RawRuntime({ ...options, trunk: duplexStream(socket) });
      this.#all.push(runtime);
      const waiting = this.#waiting.shift();
      if (waiting) waiting(runtime);
      else this.#arrived.push(runtime);
    });
  }

  static async listen(path: string, options: RawRuntimeOptions = {}): Promise<SocketRuntime> {
    const runtime = new SocketRuntime(options);
    runtime.#server.listen(path);
    await once(runtime.#server, "listening");
    return runtime;
  }

  /** How many connections there have been. */
  get connections(): number {
    return this.#all.length;
  }

  /** The next connection. */
  async next(): Promise<RawRuntime> {
    return this.#arrived.shift() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
  }

  /** The next plugin: registered, configured and synchronised. */
  async plugin(state: Parameters<RawRuntime["synchronize"]>[0] = {}): Promise<RawRuntime> {
    const runtime = await this.next();
    await runtime.configure();
    await runtime.synchronize(state);
    return runtime;
  }

  /** Stops listening and ends all connections, as a runtime that is killed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const runtime of this.#all) runtime.close();
    await closed;
  }
}

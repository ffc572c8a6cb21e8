// The wrapper's end of the lease's socket.
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { encodeFrame, FrameReader, type LeaseFrame } from "../lease/frame.js";
import type { Answer } from "../lease.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";

const RETRY_MS = 100;

/** No daemon answers. */
export class NoDaemon extends Error {
  override readonly name = "NoDaemon";
}

/** A call at the daemon; as long as it is open the daemon knows that we live. */
export class LeaseClient {
  readonly #reader = new FrameReader(LIMITS.lease.maxSpecBytes);

  private constructor(readonly socket: Socket) {}

  /** Connects; a daemon that is not there is waited for. Throws NoDaemon. */
  static async connect(path: string, waitMs: number): Promise<LeaseClient> {
    const until = Date.now() + waitMs;
    for (;;) {
      try {
        return new LeaseClient(await connected(path));
      } catch (error) {
        if (Date.now() >= until)
          throw new NoDaemon(`no daemon answers at ${path}: does nri serve run?`, { cause: error });
        await setTimeout(RETRY_MS);
      }
    }
  }

  /** Asks, and waits for the answer. Throws NoDaemon when there is none, or none in time. */
  async ask(call: RuntimeCall, payload: Uint8Array, answerMs: number): Promise<Answer> {
    const { socket } = this;
    const answer = new Promise<Answer>((resolve, reject) => {
      const fail = (text: string, cause?: unknown): void => reject(new NoDaemon(text, { cause }));
      socket.setTimeout(answerMs, () => fail(`the daemon did not answer in ${answerMs} ms`));
      socket.on("error", (error) => fail("the daemon went away before it answered", error));
      socket.on("close", () => fail("the daemon went away before it answered"));
      socket.on("data", (chunk) => {
        try {
          for (const frame of this.#reader.push(chunk)) resolve(readAnswer(frame));
        } catch (error) {
          reject(error);
        }
      });
    });
    socket.write(encodeFrame(call, payload));
    try {
      return await answer;
    } finally {
      socket.setTimeout(0);
    }
  }

  /** Says what came of the call, and ends. */
  async done(code: number, pid: number): Promise<void> {
    const closed = new Promise<void>((resolve) => this.socket.once("close", () => resolve()));
    if (this.socket.destroyed) return;
    this.socket.end(encodeFrame({ code, pid }));
    await Promise.race([closed, setTimeout(RETRY_MS, undefined, { ref: false })]);
    this.close();
  }

  close(): void {
    this.socket.destroy();
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

function readAnswer({ header, payload }: LeaseFrame): Answer {
  const kind: unknown = typeof header === "object" && header !== null ? Reflect.get(header, "kind") : undefined;
  if (kind === "pass" || kind === "follow") return { kind };
  if (kind === "replace") return { kind, payload };
  const text: unknown = typeof header === "object" && header !== null ? Reflect.get(header, "text") : undefined;
  if (kind === "refuse" && typeof text === "string") return { kind, text };
  throw new NoDaemon("the daemon's answer is of another version");
}

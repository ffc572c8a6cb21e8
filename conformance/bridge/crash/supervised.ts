// A daemon that is started again whenever it dies, as a service manager does it.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { DaemonSettings, Order } from "./daemon.js";

const PROGRAM = fileURLToPath(new URL("daemon.js", import.meta.url));
const READY_MS = 60_000;
const MAX_LINES = 400;

/** The daemon, whichever life it is in. */
export class SupervisedDaemon implements AsyncDisposable {
  /** How often it has died and was started again. */
  deaths = 0;
  /** The last lines that it printed. */
  readonly lines: string[] = [];
  readonly #settings: DaemonSettings;
  #child: ChildProcess | undefined;
  #ready: Promise<void> = Promise.resolve();
  #isEnding = false;

  constructor(settings: DaemonSettings) {
    this.#settings = settings;
    this.#start();
  }

  /** Resolves when it takes calls, whether or not it has died just now; rejects when it does not start. */
  async there(): Promise<void> {
    const child = this.#child;
    // One that is dead already may not be known to be: it does not answer.
    if (child !== undefined) await Promise.race([this.moments(), once(child, "exit")]).catch(() => once(child, "exit"));
    await this.#ready;
  }

  /** It is to die at the n-th moment from now on. */
  dieAt(moment: number): void {
    this.#child?.send({ dieAt: moment } satisfies Order);
  }

  /** Kills it now, wherever it is. */
  kill(): void {
    this.#child?.kill("SIGKILL");
  }

  /** The moments since then. */
  moments(): Promise<string[]> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      if (child === undefined) throw new Error("there is no daemon");
      const answer = (message: { readonly moments?: string[] }): void => {
        if (message.moments === undefined) return;
        child.off("message", answer);
        resolve(message.moments);
      };
      child.on("message", answer);
      child.send({ count: true } satisfies Order, (error) => error !== null && reject(error));
    });
  }

  #start(): void {
    const child = fork(PROGRAM, [JSON.stringify(this.#settings)], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.lines.push(...text.trimEnd().split("\n"));
      this.lines.splice(0, this.lines.length - MAX_LINES);
    });
    this.#ready = new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready in ${READY_MS} ms: ${this.lines.at(-1)}`)), READY_MS);
      child.on("message", (message: { readonly ready?: true }) => {
        if (message.ready === undefined) return;
        clearTimeout(late);
        resolve();
      });
      child.once("exit", () => {
        clearTimeout(late);
        reject(new Error(`it ended before it was ready: ${this.lines.at(-1)}`));
      });
    });
    this.#ready.catch(() => undefined); // for who waits for it
    child.once("exit", () => {
      if (this.#isEnding) return;
      this.deaths++;
      this.#start();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ready;
    this.#isEnding = true;
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, "exit");
    child.kill();
    await gone;
  }
}

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

  /** Resolves when it takes calls; rejects when it does not start. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** It is to die at the n-th moment from now on. */
  dieAt(moment: number): void {
    this.#child?.send({ dieAt: moment } satisfies Order);
  }

  /** The moments since then. */
  async moments(): Promise<string[]> {
    return (await this.#ask<{ moments: string[] }>({ count: true })).moments;
  }

  /** Memory that it has, in MiB. */
  async rssMiB(): Promise<number> {
    return (await this.#ask<{ rssKiB: number }>({ rss: true })).rssKiB / 1024;
  }

  async #ask<T>(order: Order): Promise<T> {
    const child = this.#child;
    if (child === undefined) throw new Error("there is no daemon");
    const answer = once(child, "message", { signal: AbortSignal.timeout(READY_MS) });
    child.send(order);
    const [message] = await answer;
    return message as T;
  }

  #start(): void {
    const child = fork(PROGRAM, [JSON.stringify(this.#settings)], { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#child = child;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.lines.push(...text.trimEnd().split("\n"));
      this.lines.splice(0, this.lines.length - MAX_LINES);
    });
    this.#ready = once(child, "message", { signal: AbortSignal.timeout(READY_MS) }).then(() => undefined);
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

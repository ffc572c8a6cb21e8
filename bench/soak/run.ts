// The watched process from outside: started, told to begin, and its samples as they come.
import { type ChildProcess, fork } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import type { RuntimeSample, SoakMessage, SoakRuntimeOptions } from "./runtime.js";

const PROGRAM = fileURLToPath(new URL("runtime.js", import.meta.url));
const END_MS = 30_000;

type Ended = Extract<SoakMessage, { kind: "ended" }>;

/** One run of `runtime.ts`. */
export class SoakRun {
  /** The last sample. */
  newest: RuntimeSample | undefined;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  /** Resolves when plugins can connect. */
  static async start(options: SoakRuntimeOptions): Promise<SoakRun> {
    const child = fork(PROGRAM, [JSON.stringify(options)], { execArgv: ["--expose-gc"] });
    await once(child, "message", { signal: AbortSignal.timeout(END_MS) });
    return new SoakRun(child);
  }

  /** Begins the requests; gives so many samples. Throws when the process ends before. */
  async *samples(count: number): AsyncGenerator<RuntimeSample> {
    const gone = new AbortController();
    this.#process.once("exit", (code, signal) =>
      gone.abort(new Error(`the runtime ended: ${signal ?? `exit code ${code}`}`)),
    );
    let given = 0;
    this.#process.send("begin");
    for await (const [message] of on(this.#process, "message", { signal: gone.signal })) {
      const one = message as SoakMessage;
      if (one.kind !== "sample") continue;
      this.newest = one.sample;
      yield one.sample;
      if (++given >= count) return;
    }
  }

  /** Ends it in order. */
  async end(): Promise<Ended> {
    const ended = new Promise<Ended>((resolve, reject) => {
      this.#process.on("message", (message: SoakMessage) => {
        if (message.kind === "ended") resolve(message);
      });
      this.#process.once("exit", () => reject(new Error("the runtime ended without its last words")));
    });
    this.#process.send("end");
    return await ended;
  }
}

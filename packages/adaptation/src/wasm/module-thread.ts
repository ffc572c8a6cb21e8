// A module in a thread of its own, seen from the runtime's: asked one call after the other, and ended whatever it does.
import { Worker } from "node:worker_threads";
import { asError } from "../errors.js";
import { within } from "../launching/within.js";
import type { FromThread, LineSource, ModuleCall, ThreadLimits, ThreadStart } from "./messages.js";

/** Why a module is gone: it ended itself, could not be loaded, or its thread broke. */
export type ModuleEnd = { readonly exitCode: number } | { readonly refused: string } | { readonly broken: Error };

/** Whom a thread tells. Nothing is told after `end` was called. */
export interface ThreadOwner {
  readonly loaded: () => void;
  readonly answered: (id: number, answer: Uint8Array) => void;
  readonly failed: (id: number, text: string, answered: boolean) => void;
  readonly line: (source: LineSource, line: string) => void;
  readonly ended: (end: ModuleEnd) => void;
}

/** Bounds of the JavaScript in the thread; the module's memory is not part of it. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 };

/** A thread ends at once, unless the system holds it. */
const END_WAIT_MS = 5000;

/** The thread. */
export class ModuleThread {
  readonly #worker: Worker;
  readonly #owner: ThreadOwner;
  #ending: Promise<boolean> | undefined;
  #over = false;

  /** Starts it; `bytes` is the module, and the thread's from now on. */
  constructor(bytes: Uint8Array, limits: ThreadLimits, owner: ThreadOwner) {
    this.#owner = owner;
    const workerData: ThreadStart = { module: bytes, limits };
    const worker = new Worker(new URL("./thread.js", import.meta.url), {
      workerData,
      transferList: [bytes.buffer as ArrayBuffer],
      argv: [],
      env: {},
      execArgv: ["--no-warnings"], // of node:wasi, that it is experimental: nobody here can do anything about it
      stdout: true,
      stderr: true,
      resourceLimits: RESOURCE_LIMITS,
    });
    this.#worker = worker;
    worker.on("message", (message: FromThread) => this.#told(message));
    worker.on("error", (error) => this.#ended({ broken: asError(error) }));
    worker.once("exit", (code) => this.#ended({ broken: new Error(`its thread ended with code ${code}`) }));
  }

  /** Asks the module. The request is the thread's from now on. */
  call(call: ModuleCall): void {
    this.#worker.postMessage(call, [call.request.buffer as ArrayBuffer]);
  }

  /** Ends the thread, in the middle of whatever it does. Resolves with whether it is gone. */
  end(): Promise<boolean> {
    this.#over = true;
    this.#ending ??= within(
      this.#worker.terminate().then(() => true),
      END_WAIT_MS,
    ).then((gone) => gone === true);
    return this.#ending;
  }

  #told(message: FromThread): void {
    if (this.#over) {
      return;
    }
    const owner = this.#owner;
    switch (message.what) {
      case "answer":
        owner.answered(message.id, message.answer);
        break;
      case "error":
        owner.failed(message.id, message.text, message.answered);
        break;
      case "line":
        owner.line(message.source, message.line);
        break;
      case "loaded":
        owner.loaded();
        break;
      case "refused":
        this.#ended({ refused: message.text });
        break;
      case "exited":
        this.#ended({ exitCode: message.code });
        break;
    }
  }

  #ended(end: ModuleEnd): void {
    if (!this.#over) {
      this.#over = true;
      this.#owner.ended(end);
    }
  }
}

// nri simulate and nri runtime inside the test, so that dozens of runs take seconds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { main } from "@nri/cli";
import type { Place } from "./place.js";
import type { Column } from "./rows.js";

/** What a command left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Streams {
  readonly steps?: AsyncIterable<string>;
  /** Gets each line of stdout. */
  readonly heard?: (line: string) => void;
}

async function run(place: Place, args: readonly string[], { steps = nothing(), heard }: Streams = {}): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const code = await main(args, {
    stdout: {
      write: (text) => {
        stdout += text;
        for (const line of text.split("\n")) if (line !== "") heard?.(line);
      },
      isTerminal: false,
    },
    stderr: {
      write: (text) => {
        stderr += text;
      },
      isTerminal: false,
    },
    env: {},
    cwd: place.dir,
    readStdin: async () => new Uint8Array(0),
    stdinLines: () => steps,
    signal: new AbortController().signal,
    endsByItself: () => undefined,
    onHangup: () => () => undefined,
  });
  return { code, stdout, stderr };
}

/** The same with a program of its own. */
async function runProgram(program: string, args: readonly string[], { steps, heard }: Required<Streams>): Promise<Ran> {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    stdout += `${line}\n`;
    heard(line);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, "close");
  child.stdin.on("error", () => undefined); // it has ended by itself
  void (async () => {
    for await (const step of steps) child.stdin.write(`${step}\n`);
    child.stdin.end();
  })();
  const [code] = (await closed) as [number | null];
  return { code: code ?? -1, stdout, stderr };
}

async function* nothing(): AsyncGenerator<string> {
  // No steps.
}

/** The container that is played: with something of all that plugins can remove or replace. */
export const CONFIG = {
  ociVersion: "1.2.0",
  process: {
    cwd: "/",
    args: ["sleep"],
    env: ["GONE=original", "PATH=/bin"],
    rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
  },
  root: { path: "rootfs" },
  linux: { devices: [{ path: "/dev/gone", type: "c", major: 10, minor: 1 }] },
};

/** One plugin's answer to one event, as the document has it. */
export interface SimulatedStep {
  readonly plugin: string;
  readonly event: string;
  readonly error?: string;
  readonly evictions?: readonly object[];
}

/** The part of the result document that the tests look at. */
export interface Simulated extends Ran {
  readonly plugins: readonly { readonly name: string }[];
  readonly steps: readonly SimulatedStep[];
  readonly spec: Spec | null;
  readonly reasons: readonly string[];
}

/** The part of a spec that plugins change here. */
export interface Spec {
  readonly process: { readonly env: readonly string[]; readonly rlimits?: readonly object[] };
  readonly linux: {
    readonly devices?: readonly { readonly path: string }[];
    readonly resources?: { readonly pids?: object; readonly memory?: object };
    readonly seccomp?: { readonly defaultErrnoRet?: number };
  };
}

/** What people see of it. */
export async function simulateText(place: Place, column: Column, args: readonly string[]): Promise<Ran> {
  await place.file("config.json", JSON.stringify(CONFIG));
  return await run(place, ["simulate", "config.json", "--compat", column, ...args]);
}

/** Plays one container. Plugins connect to the place's socket, or are in its folder `plugins`. */
export async function simulate(place: Place, column: Column, args: readonly string[]): Promise<Simulated> {
  await place.file("config.json", JSON.stringify(CONFIG));
  const ran = await run(place, ["simulate", "config.json", "--compat", column, "--json", ...args]);
  if (ran.stdout === "") return { ...ran, plugins: [], steps: [], spec: null, reasons: [] };
  const { plugins, pods } = JSON.parse(ran.stdout) as {
    plugins: Simulated["plugins"];
    pods: readonly {
      containers: readonly {
        steps: readonly SimulatedStep[];
        verdicts: readonly { reason: string }[];
        spec: Spec | null;
      }[];
    }[];
  };
  const [container] = pods[0]?.containers ?? [];
  assert.ok(container !== undefined);
  const { steps, verdicts, spec } = container;
  return { ...ran, plugins, steps, spec, reasons: verdicts.map(({ reason }) => reason) };
}

/** A line that the runtime prints. */
export interface RuntimeLine {
  readonly op?: string;
  readonly event?: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly plugins?: number;
  readonly res?: RuntimeAnswer;
  readonly req?: { readonly update?: readonly object[]; readonly evict?: readonly object[] };
}

/** What the tests look at in an answer. */
export interface RuntimeAnswer {
  readonly plugins?: number;
  readonly adjust?: { readonly env?: readonly { readonly key: string }[]; readonly linux?: object };
  readonly update?: readonly object[];
  readonly evict?: readonly object[];
}

/** A runtime that takes one step after the other. */
export class Runtime {
  readonly lines: RuntimeLine[] = [];
  readonly #steps: (string | undefined)[] = [];
  readonly #ended: Promise<Ran>;
  #wake: () => void = () => undefined;
  #waiting: ((line: RuntimeLine) => void) | undefined;

  constructor(place: Place, column: Column, args: readonly string[] = []) {
    const all = ["--socket", place.socket, ...args];
    const streams = { steps: this.#given(), heard: (line: string) => this.#heard(JSON.parse(line)) };
    this.#ended =
      place.refruntime === undefined
        ? run(place, ["runtime", "--compat", column, ...all], streams)
        : runProgram(place.refruntime, all, streams);
  }

  /** Takes a step and gives its answer; rejects when the program has ended. */
  async step(step: object): Promise<RuntimeLine> {
    const answered = new Promise<RuntimeLine>((resolve) => {
      this.#waiting = resolve;
    });
    this.#steps.push(JSON.stringify(step));
    this.#wake();
    const ended = this.#ended.then(({ code, stderr }): never => assert.fail(`ended with ${code}: ${stderr}`));
    return await Promise.race([answered, ended]);
  }

  /** Waits for plugins. */
  async plugins(n: number): Promise<void> {
    const { ok, error } = await this.step({ op: "WaitPlugins", n });
    assert.ok(ok, error);
  }

  /** Asks the plugins about a container. */
  async ask(op: string, container: object = {}, more: object = {}): Promise<RuntimeLine> {
    return await this.step({ op, req: { pod: POD, container: { id: "c", name: "web", ...container }, ...more } });
  }

  /** The lines in between of one kind. */
  told(event: string): RuntimeLine[] {
    return this.lines.filter((line) => line.event === event);
  }

  /** Ends it after the last step. */
  async end(): Promise<Ran> {
    this.#steps.push(undefined);
    this.#wake();
    return await this.#ended;
  }

  async *#given(): AsyncGenerator<string> {
    for (;;) {
      const next = this.#steps.length === 0 ? null : this.#steps.shift();
      if (next === undefined) return;
      if (next !== null) {
        yield next;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #heard(line: RuntimeLine): void {
    this.lines.push(line);
    if (line.op !== undefined) this.#waiting?.(line);
  }
}

/** The pod of every container here. */
export const POD = { id: "p", name: "pod", uid: "u", namespace: "default" } as const;

// Starts refplugin, a plugin on the Go stub, and reads the record of the calls it got.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assertGoProcess, Child } from "./child.js";
import type { JsonValue } from "./json.js";

/** What the plugin answers to one request. */
export interface ScriptAnswer {
  readonly adjust?: JsonValue;
  readonly update?: readonly JsonValue[];
  readonly error?: string;
  /** gRPC code of `error`; a plain Go error without it. */
  readonly code?: number;
  readonly delayMs?: number;
  /** Leave the process with this status. */
  readonly exit?: number;
}

type ByName = Readonly<Record<string, ScriptAnswer>>;

/** The script of a plugin, keyed by container or pod name, `*` for any other. */
export interface Script {
  readonly configure?: {
    readonly events?: readonly string[];
    readonly error?: string;
    /** Only the plugin on the newest release knows it. */
    readonly failurePolicy?: { readonly failRequest?: boolean; readonly keepConnected?: boolean };
  };
  readonly sync?: ScriptAnswer;
  readonly create?: ByName;
  readonly update?: ByName;
  readonly stop?: ByName;
  readonly events?: Readonly<Record<string, ByName>>;
  readonly validate?: ByName;
  readonly unsolicited?: readonly { readonly afterMs: number; readonly update: readonly JsonValue[] }[];
}

/** One call that the plugin recorded. */
export interface Recorded {
  readonly plugin: string;
  readonly pid: number;
  readonly method: string;
  /** protojson of pod, container and so on. */
  readonly args: readonly JsonValue[];
}

/** How to start one. */
export interface RefPluginOptions {
  readonly binary: string;
  readonly socket: string;
  readonly index: string;
  readonly name: string;
  /** Folder for its script and record. */
  readonly dir: string;
  readonly script?: Script;
  readonly mode?: "noop" | "adjust" | "events-only";
  readonly args?: readonly string[];
}

/** A running refplugin. */
export class RefPlugin implements AsyncDisposable {
  readonly child: Child;
  readonly #record: string;

  constructor(options: RefPluginOptions) {
    const { binary, socket, index, name, dir, script, mode } = options;
    this.#record = join(dir, `${index}-${name}.record`);
    const args = ["-idx", index, "-name", name, "-socket", socket, "-record", this.#record, ...(options.args ?? [])];
    if (script !== undefined) {
      const file = join(dir, `${index}-${name}.script.json`);
      writeFileSync(file, JSON.stringify(script));
      args.push("-mode", "scripted", "-script", file);
    } else args.push("-mode", mode ?? "noop");
    this.child = new Child(binary, args);
    assertGoProcess(this.child.pid, binary);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** The calls so far. Throws for a line that another process wrote. */
  calls(): Recorded[] {
    if (!existsSync(this.#record)) return [];
    return readFileSync(this.#record, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => {
        const call = JSON.parse(line) as Recorded;
        if (call.pid !== this.pid) throw new Error(`${this.#record} was written by ${call.pid}, not by ${this.pid}`);
        return call;
      });
  }

  /** The calls of one method. */
  callsTo(method: string): Recorded[] {
    return this.calls().filter((call) => call.method === method);
  }

  /** Waits for the first call of `method`; the record is read every few milliseconds. */
  async waitFor(method: string, timeoutMs = 5_000): Promise<Recorded> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const call = this.callsTo(method)[0];
      if (call !== undefined) return call;
      if (Date.now() > end)
        throw new Error(`refplugin got no ${method} within ${timeoutMs} ms: ${this.child.stderr.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

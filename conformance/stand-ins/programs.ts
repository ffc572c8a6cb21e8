// The programs of both sides behind one interface: refruntime or `nri runtime`, refplugin or `nri plugin`, as processes.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Language } from "../go-both-ways/sides.js";
import { nriProgram } from "../paths.js";
import { assertGoProcess, Child } from "../peers/child.js";
import type { GoPeers } from "../peers/go-peers.js";
import type { JsonObject } from "../peers/json.js";
import type { TestFolder } from "../test-folder.js";

/** The command of a runtime in `language`. */
export function runtimeCommand(
  language: Language,
  { refruntime }: GoPeers,
  compat: "reference" | "default" = "reference",
): string[] {
  return language === "go" ? [refruntime] : [process.execPath, nriProgram, "runtime", "--compat", compat];
}

/** The command of a plugin in `language`. */
export function pluginCommand(language: Language, { refplugin }: GoPeers): string[] {
  return language === "go" ? [refplugin] : [process.execPath, nriProgram, "plugin"];
}

/** A runtime that takes its steps from stdin. */
export class RuntimeProgram implements AsyncDisposable {
  readonly child: Child;
  #answers = 0;

  private constructor(command: readonly string[], args: readonly string[]) {
    const [program = "", ...first] = command;
    this.child = new Child(program, [...first, ...args]);
  }

  /** Starts it and waits until it takes steps. */
  static async start(
    language: Language,
    go: GoPeers,
    args: readonly string[],
    compat?: "reference" | "default",
  ): Promise<RuntimeProgram> {
    const runtime = new RuntimeProgram(runtimeCommand(language, go, compat), args);
    await runtime.child.until("Ready", () => runtime.lines().find(({ event }) => event === "Ready"));
    if (language === "go") assertGoProcess(runtime.child.pid, go.refruntime);
    return runtime;
  }

  /** Everything it printed, without what is another number in each run. */
  lines(): JsonObject[] {
    return this.child.stdout.map((line) => {
      const { pid: _pid, ...rest } = JSON.parse(line) as JsonObject;
      return rest;
    });
  }

  /** Gives it a line as it is and waits for the answer. */
  async step(line: string): Promise<JsonObject> {
    const index = this.#answers++;
    this.child.write(`${line}\n`);
    const answers = () => this.lines().filter(({ event }) => event === undefined);
    return await this.child.until(`the answer to ${line.slice(0, 80)}`, () => answers()[index], 15_000);
  }

  /** Ends its input and waits for its end. */
  async end(): Promise<number | string> {
    this.child.endInput();
    return await this.child.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

/** A plugin that records what it is asked. */
export class PluginProgram implements AsyncDisposable {
  readonly child: Child;
  readonly #record: string;

  constructor(
    readonly language: Language,
    go: GoPeers,
    folder: TestFolder,
    readonly identity: string,
    args: readonly string[] = [],
  ) {
    const [program = "", ...first] = pluginCommand(language, go);
    const [index = "", name = ""] = identity.split("-");
    this.#record = join(folder.dir, `${identity}.record`);
    const given = ["-idx", index, "-name", name, "-socket", folder.socket, "-record", this.#record, ...args];
    this.child = new Child(program, [...first, ...given]);
    if (language === "go") assertGoProcess(this.child.pid, go.refplugin);
  }

  /** What it recorded, without the process id, which is checked. */
  calls(): JsonObject[] {
    if (!existsSync(this.#record)) return [];
    return readFileSync(this.#record, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => {
        const { pid, ...rest } = JSON.parse(line) as JsonObject;
        if (pid !== this.child.pid) throw new Error(`${this.identity}: ${pid} wrote its record, not ${this.child.pid}`);
        return rest;
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.child[Symbol.asyncDispose]();
  }
}

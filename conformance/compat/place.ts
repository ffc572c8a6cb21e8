// A folder with a socket, and plugins of this process that connect to it: what each test of a row starts with.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENTS } from "@nri/protocol";
import { WirePlugin, type WirePluginOptions } from "../faults/wire-plugin.js";
import { nriProgram } from "../paths.js";
import { pause } from "../waits.js";

/** How long something may take that is not what is tried. */
export const PATIENCE_MS = 30_000;

/** What a plugin is that says nothing else: 10-one, subscribed to creations. */
export const ONE = { index: "10", name: "one", events: EVENTS.createContainer.mask } as const;

/** The folder of one test, gone at its end with the plugins. */
export class Place implements AsyncDisposable {
  readonly dir: string;
  readonly socket: string;
  /** The Go program that stands for `nri runtime`; undefined when that itself is tried. */
  refruntime: string | undefined;
  readonly #plugins: WirePlugin[] = [];
  readonly #ends: (() => Promise<unknown>)[] = [];

  private constructor(dir: string) {
    this.dir = dir;
    this.socket = join(dir, "nri.sock");
  }

  static async make(): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), "nri-compat-")));
  }

  /** Writes a file and gives its path. */
  async file(name: string, content: string, mode = 0o644): Promise<string> {
    const path = join(this.dir, name);
    await writeFile(path, content, { mode });
    return path;
  }

  /** Connects a plugin as soon as there is a runtime; it does not register by itself. */
  async connect(options: Partial<WirePluginOptions> = {}): Promise<WirePlugin> {
    for (const end = Date.now() + PATIENCE_MS; ; ) {
      try {
        const plugin = await WirePlugin.connect(this.socket, { ...ONE, ...options });
        this.#plugins.push(plugin);
        return plugin;
      } catch (error) {
        if (Date.now() > end) throw error;
        await pause(10);
      }
    }
  }

  /** Connects a plugin and registers it. */
  async plugin(options: Partial<WirePluginOptions> = {}): Promise<WirePlugin> {
    const plugin = await this.connect(options);
    await plugin.register();
    return plugin;
  }

  /** Puts a program 10-recorder into the folder, a plugin that records its calls; gives what it has recorded so far. */
  async recorder(): Promise<() => Promise<readonly string[]>> {
    const script = await this.file("script.json", "{}");
    const record = await this.file("calls.jsonl", "");
    const command = [process.execPath, nriProgram, "plugin", "--script", script, "--record", record];
    await this.file("10-recorder", `#!/bin/sh\nexec ${command.map((word) => `'${word}'`).join(" ")}\n`, 0o755);
    return async () => {
      const lines = (await readFile(record, "utf8")).split("\n").filter((line) => line !== "");
      return lines.map((line) => (JSON.parse(line) as { method: string }).method);
    };
  }

  /** To be done at the end, before the plugins are gone. */
  after(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) await end();
    for (const plugin of this.#plugins) plugin.close();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A promise that is settled from outside. */
export class Gate {
  readonly opened: Promise<void>;
  isOpen = false;
  #open: () => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.isOpen = true;
    this.#open();
  }
}

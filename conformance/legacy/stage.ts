// A folder with v0.1.0 plugins and their configuration, and the callers that use it: the Go client and ours.
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient, type Sandbox, type State } from "@nri/legacy";
import { type JsonValue, parseAnyJson, parseSpec, printJson, type Spec } from "@nri/oci";
import { Child } from "../peers/child.js";
import type { LegacyPeers } from "./build.js";
import { inOwnEtc } from "./own-etc.js";

const OUR_PLUGIN = fileURLToPath(new URL("our-plugin.js", import.meta.url));

/** What is asked of the plugins. `spec` is the OCI spec as JSON. */
export interface Call {
  readonly id: string;
  readonly pid: number;
  readonly spec: string;
  readonly state: State;
  readonly sandbox: Sandbox | null;
}

/** What a caller has of it. */
export type Answer = { readonly results: readonly object[] } | { readonly error: string };

/** Which side of a pair is meant. */
export type Side = "go" | "ours";

/** The folder; gone at the end, with the Go caller. */
export class Stage implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-legacy-"));
  readonly confDir = join(this.dir, "nri");
  readonly binDir = join(this.dir, "bin");
  readonly #seenDir = join(this.dir, "seen");
  #caller: Child | undefined;

  constructor(readonly peers: LegacyPeers) {
    for (const dir of [this.confDir, this.binDir, this.#seenDir, join(this.dir, "etc")]) mkdirSync(dir);
  }

  /** Writes the configuration file. */
  configure(conf: string | object): void {
    writeFileSync(join(this.confDir, "conf.json"), typeof conf === "string" ? conf : printJson(conf));
  }

  /** Removes the configuration file. */
  unconfigure(): void {
    rmSync(join(this.confDir, "conf.json"), { force: true });
  }

  /** Puts a program into the plugin directory. */
  program(type: string, text: string, mode = 0o755): string {
    const file = join(this.binDir, type);
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  }

  /** Puts the plugin of one side there as `type`; what it gets on stdin is kept. */
  plugin(type: string, side: Side): void {
    const command = side === "go" ? `'${this.peers.plugin}'` : `'${process.execPath}' '${OUR_PLUGIN}'`;
    const seen = join(this.#seenDir, type);
    this.program(type, `#!/bin/sh\ncat > '${seen}'\nOLD_PLUGIN_TYPE='${type}' exec ${command} "$@" < '${seen}'\n`);
  }

  /** What the plugin `type` got last on stdin, as text that is the same for the same JSON value. */
  seen(type: string): string {
    const file = join(this.#seenDir, type);
    const text = canonical(readFileSync(file, "utf8"));
    rmSync(file);
    return text;
  }

  /** Makes a call as one side. */
  async call(side: Side, call: Call): Promise<Answer> {
    return await (side === "go" ? this.#callGo(call) : this.#callOurs(call));
  }

  /** With the reference's client, which has its paths built in: it gets an /etc of its own. */
  async #callGo({ spec, sandbox, ...call }: Call): Promise<Answer> {
    this.#caller ??= new Child("unshare", [...inOwnEtc(this.dir), this.peers.caller], { env: { PATH: this.#path } });
    const go = this.#caller;
    const before = go.stdout.length;
    const pod = sandbox && { ID: sandbox.id, Labels: sandbox.labels };
    go.write(`${printJson({ ...call, spec: parseSpec(spec), sandbox: pod })}\n`);
    const line = await go.until("an answer", (stdout) => stdout[before], 30_000);
    const { results, error } = JSON.parse(line) as { results: object[] | null; error: string | null };
    return error === null ? { results: results ?? [] } : { error };
  }

  async #callOurs({ id, pid, spec, state, sandbox }: Call): Promise<Answer> {
    const path = process.env.PATH;
    process.env.PATH = this.#path; // as the Go client has it
    try {
      const client = await createClient({
        confPath: join(this.confDir, "conf.json"),
        binDir: "/opt/nri/bin",
        compat: "reference",
      });
      const task = { id, pid, spec: (): Spec => parseSpec(spec) };
      const results = await client.invoke(task, state, sandbox === null ? {} : { sandbox });
      return { results: results.map(({ metadata, ...rest }) => ({ ...rest, ...filled(metadata) })) };
    } catch (error) {
      return { error: (error as Error).message };
    } finally {
      process.env.PATH = path;
    }
  }

  get #path(): string {
    return `${this.binDir}:/usr/bin:/bin`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#caller?.[Symbol.asyncDispose]();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function filled(metadata: object): object {
  return Object.keys(metadata).length === 0 ? {} : { metadata };
}

/** The same JSON value gives the same text. */
export function canonical(json: string): string {
  return printJson(sorted(parseAnyJson(json)));
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item as JsonValue)]));
}

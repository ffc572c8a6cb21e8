// What Docker's own code does in all that is recorded: one function for each file of golden/moby.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import type { Docker } from "../peers/docker.js";
import { until } from "../waits.js";
import { askEngine, type EngineAnswer } from "./engine-api.js";
import { plainMessage } from "./plain-message.js";
import { ENV, SCENARIOS, TOLD } from "./scenarios.js";

const IMAGE = "localhost/peers/busybox:1";

/** What became of a creation. */
export interface Created {
  readonly name: string;
  readonly error?: string;
  readonly env?: readonly string[];
  /** Those that are not the user's. */
  readonly mounts?: readonly { readonly [key: string]: unknown }[];
}

/** A dockerd whose options can be changed. */
export class ReferenceDocker {
  readonly #docker: Docker;
  readonly socketPath: string;

  constructor(docker: Docker) {
    this.#docker = docker;
    this.socketPath = join(docker.stateDir, "nri.sock");
  }

  ask(method: string, path: string, body?: object): Promise<EngineAnswer> {
    return askEngine(this.#docker.socket, method, path, body);
  }

  /** Gives it other options, or none; what it logs of that. */
  async reload(file: object): Promise<string> {
    writeFileSync(this.#docker.configFile, JSON.stringify(file));
    const before = this.#docker.log().length;
    process.kill(this.#docker.pid(), "SIGHUP");
    const told = (): string => this.#docker.log().slice(before);
    await until("it reloads", () => /msg="(Reloaded configuration|Error reloading)/.test(told()));
    return told();
  }

  /** The pairs of `docker info`. */
  async info(): Promise<unknown> {
    const { body } = await this.ask("GET", "/info");
    return (body as { readonly NRI?: { readonly Info: unknown } }).NRI?.Info;
  }

  /** A plugin that is in. */
  async join(definition: Partial<PluginDefinition>): Promise<PluginSession> {
    let isIn = (): void => undefined;
    const synchronized = new Promise<void>((resolve) => {
      isIn = resolve;
    });
    const plugin = definePlugin({
      index: "00",
      name: "test",
      synchronize: () => isIn(),
      ...definition,
    } as PluginDefinition);
    const session = await plugin.start({
      socketPath: this.socketPath,
      log: silentLogger,
      environment: {},
      warmUp: false,
    });
    if (definition.synchronize === undefined) await synchronized;
    return session;
  }

  /** Creates a container; its id, or why not. */
  async create(more: object, host: object = {}): Promise<{ readonly id?: string; readonly error?: string }> {
    const HostConfig = { NetworkMode: "none", ...host };
    const { status, body } = await this.ask("POST", "/containers/create", { Image: IMAGE, ...more, HostConfig });
    const { Id: id, message: error } = body as { readonly Id?: string; readonly message?: string };
    return status === 201 && id !== undefined ? { id } : { error: error ?? `status ${status}` };
  }

  async remove(id: string): Promise<void> {
    await this.ask("DELETE", `/containers/${id}?force=1&v=1`);
  }

  /** Every scenario, one after the other. */
  async creations(): Promise<Created[]> {
    let answer: object | undefined;
    const session = await this.join({ createContainer: () => answer });
    const created: Created[] = [];
    for (const { name, answer: given, asked = {} } of SCENARIOS) {
      answer = given;
      const { id, error } = await this.create({ Env: ENV, Cmd: ["true"] }, asked);
      if (id === undefined) {
        created.push({ name, ...(error === undefined ? {} : { error }) });
        continue;
      }
      const { body } = await this.ask("GET", `/containers/${id}/json`);
      const inspected = body as {
        readonly Config: { readonly Env: readonly string[] };
        readonly HostConfig: { readonly Mounts?: readonly { readonly [key: string]: unknown }[] };
      };
      const users = ("Mounts" in asked ? asked.Mounts : undefined)?.length ?? 0;
      created.push({ name, env: inspected.Config.Env, mounts: (inspected.HostConfig.Mounts ?? []).slice(users) });
      await this.remove(id);
    }
    await session.close();
    return created;
  }

  /** What plugins are told of a container, and of those that are there when they come. */
  async told(): Promise<{ readonly created: unknown; readonly synchronized: unknown }> {
    let created: unknown;
    const session = await this.join({
      createContainer: ({ pod, container }) => {
        created = { pod, container };
      },
    });
    const ids: string[] = [];
    const make = async (more: object, host?: object): Promise<string> => {
      const { id, error } = await this.create(more, host);
      if (id === undefined) throw new Error(error);
      ids.push(id);
      return id;
    };
    await make(TOLD.body, TOLD.host);
    const seen = created;
    await session.close();
    const running = await make({ Cmd: ["sleep", "1000"] });
    const paused = await make({ Cmd: ["sleep", "1000"] });
    const exited = await make({ Cmd: ["sh", "-c", "exit 3"] });
    for (const id of [running, paused, exited]) await this.ask("POST", `/containers/${id}/start`);
    await this.ask("POST", `/containers/${paused}/pause`);
    await this.ask("POST", `/containers/${exited}/wait`);
    let handed: unknown;
    const second = await this.join({
      synchronize: ({ pods, containers }) => {
        handed = { pods, containers };
      },
      createContainer: () => undefined,
    });
    await until("a plugin is synchronised", () => handed !== undefined);
    await second.close();
    for (const id of ids) await this.remove(id);
    return { created: plainMessage(seen, ids), synchronized: plainMessage(handed, ids) };
  }

  /** The answers that it refuses beside those to a creation. */
  async refusals(): Promise<object> {
    const { id = "" } = await this.create({ Cmd: ["true"] });
    const update = { containerId: id, linux: { resources: { cpu: { shares: { value: 5n } } } } };
    const session = await this.join({ createContainer: () => undefined });
    const unsolicited = await session.updateContainers([update]).then(
      () => "none",
      (error: unknown) => (error as Error).message,
    );
    await session.close();
    const before = this.#docker.log().length;
    const bad = await this.join({ synchronize: () => ({ updates: [update] }), createContainer: () => undefined });
    const log = (): string => this.#docker.log().slice(before);
    await until("the plugin is refused", () => /during sync/.test(log()));
    const dropped = await Promise.race([
      bad.closed.then(() => true),
      new Promise((resolve) => setTimeout(resolve, 2000, false)),
    ]);
    await bad.close();
    await this.remove(id);
    return { unsolicited, inSync: /msg="([^"]*during sync[^"]*)"/.exec(log())?.[1], dropped };
  }

  /** Reloads one after the other: what it tells of each, and what holds afterwards. */
  async reloads(): Promise<object[]> {
    const dir = join(this.socketPath, "..");
    const file = join(dir, "no-folder");
    writeFileSync(file, "");
    const folders = { "plugin-path": join(dir, "p"), "plugin-config-path": join(dir, "c") };
    const steps: object[] = [];
    for (const [name, opts] of [
      ["none", {}],
      ["enabled, all defaults", { "nri-opts": { enable: true } }],
      ["with folders and a socket", { "nri-opts": { enable: true, ...folders, "socket-path": this.socketPath } }],
      ["an unknown field", { "nri-opts": { enable: true, foo: 1 } }],
      ["a value of another type", { "nri-opts": { enable: "true" } }],
      ["no object", { "nri-opts": true }],
      ["a socket that cannot be", { "nri-opts": { enable: true, ...folders, "socket-path": join(file, "sock") } }],
      ["folders, not enabled", { "nri-opts": folders }],
      ["an empty group", { "nri-opts": {} }],
      ["nothing, after all", {}],
    ] as const) {
      const log = await this.reload(opts);
      const errors = [...log.matchAll(/msg="Error re\w+ (?:the daemon|configuration)" .*?error="((?:[^"\\]|\\.)*)"/g)];
      const info = await this.info();
      steps.push({
        name,
        errors: errors.map(([, text = ""]) => text.replaceAll("\\", "").replaceAll(dir, "DIR")),
        info: replaced(info, dir),
      });
    }
    rmSync(file);
    return steps;
  }
}

function replaced(value: unknown, dir: string): unknown {
  return value === undefined ? null : JSON.parse(JSON.stringify(value).replaceAll(dir, "DIR"));
}

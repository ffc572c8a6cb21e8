// A real dockerd that has no NRI, and our daemon with the profile `moby` in front of its containers.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  definePlugin,
  type PluginDefinition,
  type PluginSession,
  type SynchronizeCall,
  silentLogger,
} from "@nri/plugin";
import { makeBridge, type TestBridge } from "../bridge/bridge.js";
import { nriProgram } from "../paths.js";
import { output } from "../peers/child.js";
import { type Docker, startDocker } from "../peers/docker.js";
import type { EngineFiles } from "../peers/engine-files.js";
import { until } from "../waits.js";
import { askEngine } from "./engine-api.js";

/** The image of all containers. */
export const IMAGE = "localhost/peers/busybox:1";

/** Both, in a folder that ends with the test. */
export class MobyDocker implements AsyncDisposable {
  readonly dir: string;
  readonly bridge: TestBridge;
  readonly docker: Docker;
  readonly socketPath: string;

  private constructor(dir: string, bridge: TestBridge, docker: Docker) {
    this.dir = dir;
    this.bridge = bridge;
    this.docker = docker;
    this.socketPath = join(dir, "nri.sock");
  }

  /** Starts them. NRI is off. */
  static async start(files: EngineFiles): Promise<MobyDocker> {
    const dir = mkdtempSync(join(tmpdir(), "nri-moby-"));
    const domain = `profile = "moby"\nnri_opts_file = "${dir}/daemon.json"`;
    const bridge = await makeBridge({ engine: "docker", runtime: join(files.dir, "bin/runc"), domain });
    const docker = await startDocker(files, { runtimes: { nri: bridge.wrapper }, defaultRuntime: "nri" });
    const both = new MobyDocker(dir, bridge, docker);
    both.#write({});
    await bridge.serve(docker.socket);
    return both;
  }

  /** `nri-opts` with folders and a socket of ours. */
  opts(more: object = {}): object {
    const folders = { "plugin-path": join(this.dir, "plugins"), "plugin-config-path": join(this.dir, "conf.d") };
    return { enable: true, ...folders, "socket-path": this.socketPath, ...more };
  }

  /** Gives the daemon another file, and waits until it has read it. */
  async reload(file: object): Promise<string> {
    const before = this.bridge.log().length;
    this.#write(file);
    this.bridge.reload("");
    const told = (): string => this.bridge.log().slice(before);
    await until("the daemon reloads", () => /the configuration (was read again|is as before)/.test(told()));
    return told();
  }

  /** Switches NRI on. */
  async enable(): Promise<void> {
    await this.reload({ "nri-opts": this.opts() });
  }

  /** What `nri info --json` has of the domain. */
  async info(): Promise<{ readonly nri?: unknown; readonly profile?: string }> {
    const control = join(this.bridge.dir, "control/control.sock");
    const { domains } = JSON.parse(await output(nriProgram, ["info", "--json", "--control", control])) as {
      readonly domains: readonly { readonly name: string; readonly nri?: unknown; readonly profile?: string }[];
    };
    return domains.find(({ name }) => name === "docker") ?? {};
  }

  /** A plugin that is in: it has been synchronised, and its answers count. */
  async join(definition: Partial<PluginDefinition>): Promise<PluginSession> {
    let isIn = (): void => undefined;
    const synchronized = new Promise<void>((resolve) => {
      isIn = resolve;
    });
    const { synchronize } = definition;
    const plugin = definePlugin({
      index: "00",
      name: "nri-test-plugin",
      ...definition,
      synchronize: async (call: SynchronizeCall<undefined>) => {
        const answer = await synchronize?.(call);
        isIn();
        return answer;
      },
    } as PluginDefinition);
    const { socketPath } = this;
    const session = await plugin.start({ socketPath, log: silentLogger, environment: {}, warmUp: false });
    await synchronized;
    return session;
  }

  /** Creates a container over the API, in which its settings stand as they are given. */
  async create(body: object, host: object = {}): Promise<string> {
    const HostConfig = { NetworkMode: "none", ...host };
    const answer = await askEngine(this.docker.socket, "POST", "/containers/create", {
      Image: IMAGE,
      ...body,
      HostConfig,
    });
    const { Id: id, message } = answer.body as { readonly Id?: string; readonly message?: string };
    if (id === undefined) throw new Error(message);
    return id;
  }

  /** `docker run --rm`: what it prints, or throws with. */
  run(...words: readonly string[]): Promise<string> {
    return this.docker.docker("run", "--rm", "--network", "none", ...words);
  }

  #write(file: object): void {
    writeFileSync(join(this.dir, "daemon.json"), JSON.stringify(file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.docker[Symbol.asyncDispose]();
    await this.bridge[Symbol.asyncDispose]();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

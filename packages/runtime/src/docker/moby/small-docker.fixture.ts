// A small engine like Docker around the library, with plugins in this process: what Docker's own tests need of dockerd.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import { streamPair } from "@nri/ttrpc";
import {
  createDockerNri,
  type DockerContainer,
  type DockerMount,
  type DockerNri,
  type DockerNriOptions,
  NO_NRI_OPTS,
  type NriOpts,
} from "./index.js";

/** A container of it: its configuration as NRI has left it. */
export interface SmallContainer extends DockerContainer {
  readonly mounts: readonly DockerMount[];
}

/** The engine. */
export class SmallDocker implements AsyncDisposable {
  readonly dir: string;
  readonly nri: DockerNri;
  readonly containers = new Map<string, SmallContainer>();
  readonly log: string[] = [];
  #last = 0;

  constructor(dir: string, options: Partial<DockerNriOptions>) {
    this.dir = dir;
    const note = (text: string): void => {
      this.log.push(text);
    };
    this.nri = createDockerNri({
      version: "29.0.0",
      options: this.opts(),
      containers: () => [...this.containers.values()],
      log: { debug: note, info: note, warn: note, error: note },
      ...options,
    });
  }

  /** Options that are on, with folders of ours. */
  opts(more: Partial<NriOpts> = {}): NriOpts {
    const folders = { pluginPath: join(this.dir, "plugins"), pluginConfigPath: join(this.dir, "conf.d") };
    return { ...NO_NRI_OPTS, enable: true, ...folders, ...more };
  }

  /** `docker create`. */
  async create(given: Partial<DockerContainer> = {}): Promise<SmallContainer> {
    const id = given.id ?? `c${++this.#last}`;
    const container = { ...BARE, id, name: `/${id}`, ...given };
    let made: SmallContainer | undefined;
    await this.nri.createContainer(container, {
      register: ({ env, mounts }) => {
        made = { ...container, env, mounts };
        this.containers.set(id, made);
      },
    });
    if (made === undefined) throw new Error("it was not registered");
    return made;
  }

  /** A plugin in this process that is in. */
  async join(definition: Partial<PluginDefinition>): Promise<PluginSession> {
    const adaptation = this.nri.adaptation;
    if (adaptation === undefined) throw new Error("NRI is off");
    const [near, far] = streamPair();
    const accepted = adaptation.accept(near);
    accepted.catch(() => undefined); // it is waited for below, after the plugin itself
    const plugin = definePlugin({ index: "00", name: "nri-test-plugin", ...definition } as PluginDefinition);
    const session = await plugin.start({ connection: far, log: silentLogger, environment: {}, warmUp: false });
    await accepted;
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nri.shutdown();
    await rm(this.dir, { recursive: true, force: true });
  }
}

const BARE = { state: "created", pid: 0, labels: {}, annotations: {}, args: ["sleep", "9"], env: ["PATH=/bin"] };

/** An engine that runs. */
export async function startSmallDocker(
  options: Partial<DockerNriOptions> | ((dir: string) => Partial<DockerNriOptions>) = {},
): Promise<SmallDocker> {
  const dir = await mkdtemp(join(tmpdir(), "nri-moby-"));
  const docker = new SmallDocker(dir, typeof options === "function" ? options(dir) : options);
  await docker.nri.start();
  return docker;
}

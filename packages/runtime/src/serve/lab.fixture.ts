// A daemon in this process, in a folder of its own: an engine in memory, leases from the test, everything else as it is.
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Logger } from "@nri/adaptation";
import type { Spec } from "@nri/oci";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import { ContainerState } from "@nri/protocol";
import { streamPair } from "@nri/ttrpc";
import type { Bridge } from "../common/bridge.js";
import { createBridge } from "../common/create-bridge.js";
import { FakeEngine } from "../common/fake-engine.fixture.js";
import { SPEC, TestLease } from "../common/lab.fixture.js";
import { readConfig } from "../config/read.js";
import type { Settings } from "../config/settings.js";
import { FakeDocker } from "../docker/moby-profile/fake-docker.fixture.js";
import type { DockerProfileGiven } from "../docker/moby-profile/profile.js";
import type { Described } from "../domain.js";
import type { LeaseHandler } from "../lease.js";
import { createDaemon, type Daemon } from "./daemon.js";
import { daemonLog } from "./log.js";

const NRI = 'plugins."io.containerd.nri.v1.nri"';

/** Lines of the tables that tests write to. */
export interface Tables {
  /** Of the NRI table. */
  readonly nri?: string;
  readonly validator?: string;
  readonly bridge?: string;
  /** What follows. */
  readonly rest?: string;
}

/** A daemon and what a test needs of it. */
export class DaemonLab implements AsyncDisposable {
  readonly dir: string;
  #daemon: Daemon | undefined;
  readonly log: string[] = [];
  readonly engine = new FakeEngine("fake", "d");
  readonly docker = new FakeDocker();
  bridge: Bridge | undefined;
  #handler: LeaseHandler | undefined;
  #last = 0;

  constructor(dir: string) {
    this.dir = dir;
  }

  get daemon(): Daemon {
    if (this.#daemon === undefined) throw new Error("there is no daemon yet");
    return this.#daemon;
  }

  /** Makes the daemon. */
  make(tables: Tables, nriOpts: readonly string[] = []): Daemon {
    const log = daemonLog((line) => this.log.push(line), "info");
    const config = this.config(tables);
    const parts = {
      engines: () => [this.engine],
      dockerProfile: (settings: Settings, given: DockerProfileGiven, to: Logger) =>
        this.docker.profile({ ...given, compat: settings.compat, log: to }),
      createBridge: (options: Parameters<typeof createBridge>[0]) => {
        this.bridge = createBridge(options);
        return this.bridge;
      },
      listenForLeases: async ({ socketPath, handler }: { socketPath: string; handler: LeaseHandler }) => {
        await mkdir(dirname(socketPath), { recursive: true });
        await writeFile(socketPath, "");
        this.#handler = handler;
        return { underWay: 0, close: () => rm(socketPath) };
      },
    };
    this.#daemon = createDaemon({
      config,
      version: "1.2.3",
      log,
      parts,
      configFile: this.path("bridge.toml"),
      nriOpts,
    });
    return this.#daemon;
  }

  path(...names: readonly string[]): string {
    return join(this.dir, ...names);
  }

  /** A configuration whose paths are in our folder, unless it says otherwise. */
  config({ nri = "", validator = "", bridge = "", rest = "" }: Tables) {
    const paths = (table: string, given: string, names: { readonly [key: string]: string }) => [
      `[${table}]`,
      ...Object.entries(names).flatMap(([key, name]) =>
        given.includes(`${key} =`) ? [] : [`${key} = ${JSON.stringify(this.path(name))}`],
      ),
      given,
    ];
    const text = [
      ...paths(NRI, nri, { socket_path: "nri.sock", plugin_path: "plugins", plugin_config_path: "conf.d" }),
      `[${NRI}.default_validator]`,
      validator,
      ...paths("bridge", bridge, { state_dir: "state", lease_socket: "oci/lease", control_socket: "control/sock" }),
      rest,
    ].join("\n");
    return readConfig(text.replaceAll("DIR", this.dir), "bridge.toml");
  }

  async reload(tables: Tables): Promise<void> {
    await this.daemon.reload(this.config(tables));
  }

  /** Installs a program in a folder of ours. */
  async install(name: string, script: string, folder = "plugins"): Promise<void> {
    await mkdir(this.path(folder), { recursive: true });
    const file = this.path(folder, name);
    await rm(file, { force: true });
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  /** Writes a file below our folder. */
  async file(name: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    await writeFile(this.path(name), text);
  }

  exists(...names: readonly string[]): boolean {
    return existsSync(this.path(...names));
  }

  /** A plugin in this process. */
  async join(definition: PluginDefinition): Promise<PluginSession> {
    if (this.bridge === undefined) throw new Error("there is no bridge");
    const [near, far] = streamPair();
    const accepted = this.bridge.adaptation.accept(near);
    const options = { connection: far, log: silentLogger, environment: {}, warmUp: false };
    const session = await definePlugin(definition).start(options);
    await accepted;
    return session;
  }

  /** The wrapper of Docker asks about a container: what it is told. */
  async createInDocker(id: string): Promise<TestLease> {
    if (this.#handler === undefined) throw new Error("the daemon has not started");
    const lease = this.docker.lease(id, this.dir);
    const handled = this.#handler(lease);
    await lease.answered;
    lease.done({ code: 0, pid: 0 });
    await handled;
    return lease;
  }

  /** The wrapper asks about a new container; `known` is what its engine knows of it. */
  async create({
    spec = SPEC,
    known,
    runs = false,
  }: {
    spec?: object;
    known?: (as: Described) => Described;
    /** The OCI runtime creates it; else it fails, so that nothing of it is left. */
    runs?: boolean;
  } = {}): Promise<TestLease> {
    const id = `c${++this.#last}`;
    const [domain] = this.engine.domains;
    if (domain === undefined || this.#handler === undefined) throw new Error("the daemon has not started");
    const describe = domain.describe;
    if (known !== undefined) domain.describe = async (call) => known(await describe.call(domain, call));
    const call = { verb: "create", id, root: "d", bundle: `/b/${id}`, engine: "oci" } as const;
    const lease = new TestLease(call, Buffer.from(JSON.stringify(spec)));
    const handled = this.#handler(lease);
    await lease.answered;
    domain.describe = describe;
    if (runs) domain.exists(id, ContainerState.CONTAINER_CREATED);
    lease.done({ code: runs ? 0 : 1, pid: runs ? 41 : 0 });
    await handled;
    return lease;
  }

  /** The spec that the container runs with. */
  async created(options: Parameters<DaemonLab["create"]>[0] = {}): Promise<Spec> {
    const lease = await this.create(options);
    if (lease.refusal !== undefined) throw new Error(lease.refusal);
    return lease.told?.kind === "pass" ? (JSON.parse(String(lease.payload)) as Spec) : lease.spec;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon?.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** A daemon that runs; `prepare` fills its folder before. */
export async function startDaemon(
  tables: Tables = {},
  prepare?: (lab: DaemonLab) => Promise<void>,
  nriOpts: readonly string[] = [],
): Promise<DaemonLab> {
  const lab = new DaemonLab(await mkdtemp(join(tmpdir(), "nri-serve-")));
  try {
    await prepare?.(lab);
    await lab.make(tables, nriOpts).start();
    return lab;
  } catch (error) {
    await lab[Symbol.asyncDispose]();
    throw error;
  }
}

/** Waits until `check` holds. */
export async function eventually(check: () => boolean, what: string, timeoutMs = 5000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

// A bridge with an engine in memory and plugins in this process: what wrappers bring, what plugins hear, what is left.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BuiltinPlugin, Logger } from "@nri/adaptation";
import { parseSpec, type Spec } from "@nri/oci";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import { type Container, ContainerState, EVENTS, type EventName, type PodSandbox } from "@nri/protocol";
import { streamPair } from "@nri/ttrpc";
import type { Answer, Lease, RuntimeResult } from "../lease.js";
import type { RuntimeCall, RuntimeVerb } from "../runtime-call.js";
import type { Bridge, BridgeOptions } from "./bridge.js";
import { createBridge } from "./create-bridge.js";
import { FakeDomain, FakeEngine } from "./fake-engine.fixture.js";

export const SPEC = {
  ociVersion: "1.0.2",
  process: { args: ["sleep", "9"], env: ["PATH=/bin"], cwd: "/" },
  annotations: { "of.spec": "1" },
  linux: { resources: { memory: { limit: 4096 } } },
};

/** What a plugin was asked. */
export interface Heard {
  readonly event: EventName;
  readonly pod: PodSandbox | undefined;
  readonly container: Container | undefined;
}

/** A call of the wrapper that a test has in its hand. */
export class TestLease implements Lease {
  readonly call: RuntimeCall;
  readonly payload: Uint8Array;
  readonly #drop = new AbortController();
  /** What the wrapper was told. */
  told: Answer | undefined;
  #done: (result: RuntimeResult | undefined) => void = () => undefined;
  readonly #whenTold: () => void;
  /** Resolves when it was told. */
  readonly answered: Promise<void>;

  constructor(call: RuntimeCall, payload: Uint8Array) {
    this.call = call;
    this.payload = payload;
    let whenTold = (): void => undefined;
    this.answered = new Promise((resolve) => {
      whenTold = resolve;
    });
    this.#whenTold = whenTold;
  }

  get signal(): AbortSignal {
    return this.#drop.signal;
  }

  answer(answer: Answer): Promise<RuntimeResult | undefined> {
    if (this.told !== undefined) throw new Error("answered twice");
    this.told = answer;
    this.#whenTold();
    if (answer.kind === "pass" || answer.kind === "refuse") return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  /** The real runtime has ended. */
  done(result: RuntimeResult): void {
    this.#done(result);
  }

  /** The wrapper is gone. */
  drop(): void {
    this.#drop.abort(new Error("the wrapper is gone"));
    this.#done(undefined);
  }

  /** The spec that it was told to use. */
  get spec(): Spec {
    if (this.told?.kind === "follow") return parseSpec(this.payload);
    if (this.told?.kind !== "replace") throw new Error(`told to ${this.told?.kind}`);
    return parseSpec(this.told.payload);
  }

  get refusal(): string | undefined {
    return this.told?.kind === "refuse" ? this.told.text : undefined;
  }
}

/** How a lab is made. */
export interface LabOptions {
  readonly plugins?: readonly BuiltinPlugin[];
  readonly engine?: FakeEngine;
  readonly stateDir?: string;
  readonly onStep?: BridgeOptions["onStep"];
  readonly journal?: BridgeOptions["journal"];
}

/** A started bridge. */
export class Lab {
  readonly bridge: Bridge;
  readonly engine: FakeEngine;
  readonly domain: FakeDomain;
  readonly stateDir: string;
  readonly heard: Heard[] = [];
  readonly leases: TestLease[] = [];
  readonly log: string[] = [];
  /** What plugins were handed with Synchronize. */
  synchronized: { readonly pods: string[]; readonly containers: Container[] } = { pods: [], containers: [] };

  constructor(stateDir: string, { plugins = [], engine = new FakeEngine("fake", "d"), onStep, journal }: LabOptions) {
    this.stateDir = stateDir;
    this.engine = engine;
    this.domain = engine.domains[0] ?? new FakeDomain("none");
    const line = (text: string): void => void this.log.push(text);
    const log: Logger = { debug: () => undefined, info: () => undefined, warn: line, error: line };
    const builtins = [this.#recorder(), ...plugins];
    const adaptation = { runtime: { name: "lab", version: "1" }, builtins };
    this.bridge = createBridge({ adaptation, engines: [engine], stateDir, log, onStep, journal });
  }

  /** A call of the wrapper; resolves when it was told what to do. */
  async call(verb: RuntimeVerb, id: string, payload?: object | string, root = this.domain.name): Promise<TestLease> {
    const lease = this.begin(verb, id, payload, root);
    await lease.answered;
    return lease;
  }

  /** A call of the wrapper, not waited for. */
  begin(verb: RuntimeVerb, id: string, payload?: object | string, root = this.domain.name): TestLease {
    const content = payload ?? (verb === "start" ? "" : verb === "update" ? {} : SPEC);
    const text = typeof content === "string" ? content : JSON.stringify(content);
    const lease = new TestLease({ verb, id, root, bundle: `/b/${id}`, engine: "oci" }, Buffer.from(text));
    this.leases.push(lease);
    void this.bridge.handle(lease);
    return lease;
  }

  /** A container is created and started, as engines do it. */
  async run(id: string): Promise<Container> {
    const created = await this.call("create", id);
    this.domain.exists(id, ContainerState.CONTAINER_CREATED);
    created.done({ code: 0, pid: 41 });
    const started = await this.call("start", id);
    const container = this.domain.containers.get(id);
    if (container !== undefined) container.state = ContainerState.CONTAINER_RUNNING;
    started.done({ code: 0, pid: 0 });
    await this.settled();
    return container as Container;
  }

  /** A plugin comes, as others do: it is handed what exists. */
  async join(definition: PluginDefinition): Promise<PluginSession> {
    const [near, far] = streamPair();
    const accepted = this.bridge.adaptation.accept(near);
    const options = { connection: far, log: silentLogger, environment: {}, warmUp: false };
    const session = await definePlugin(definition).start(options);
    await accepted;
    return session;
  }

  /** Until nothing happens any more by itself. */
  async settled(): Promise<void> {
    for (let i = 0; i < 40; i++) await setImmediate();
  }

  /** `CreateContainer c1`, in order; all, or from a place on. */
  story(from = 0): string[] {
    return this.heard.slice(from).map(({ event, pod, container }) => `${EVENTS[event].name} ${(container ?? pod)?.id}`);
  }

  /** The last container that was told with an event. */
  last(event: EventName): Container {
    const found = this.heard.findLast((each) => each.event === event)?.container;
    if (found === undefined) throw new Error(`no ${event}`);
    return found;
  }

  #recorder(): BuiltinPlugin {
    const names = Object.keys(EVENTS).filter((name) => name !== "validateContainerAdjustment") as EventName[];
    const handlers = names.map((event) => [
      event,
      (request: { pod?: PodSandbox; container?: Container }) =>
        void this.heard.push({ event, pod: request.pod, container: request.container }),
    ]);
    return {
      index: "00",
      name: "recorder",
      ...Object.fromEntries(handlers),
      synchronize: ({ pods, containers }) => {
        this.synchronized = { pods: pods.map(({ id }) => id), containers };
      },
    };
  }

  /** Ends in order: what is under way then is left to the next one. */
  async stop(): Promise<void> {
    const stopping = this.bridge.stop();
    for (const lease of this.leases) lease.drop();
    await stopping;
  }
}

/** Starts a bridge in a folder of its own, or in one of an earlier one. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const stateDir = options.stateDir ?? (await mkdtemp(join(tmpdir(), "nri-bridge-")));
  const lab = new Lab(stateDir, options);
  await lab.bridge.start();
  return lab;
}

/** Ends a bridge and removes its folder. */
export async function removeLab(lab: Lab): Promise<void> {
  await lab.stop();
  await rm(lab.stateDir, { recursive: true, force: true });
}

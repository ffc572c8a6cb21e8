// One namespace of containerd as a domain.

import { access } from "node:fs/promises";
import type { Logger } from "@nri/adaptation";
import { containerFromSpec, linuxResourcesToSpec, parseSpec, printJson, type Spec } from "@nri/oci";
import { ContainerState, type LinuxResources, PodSandbox } from "@nri/protocol";
import type { Described, Domain, DomainState, EngineContainer } from "../domain.js";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import { ListedContainer } from "../listed-container.js";
import { RealRuntime } from "../oci/real-runtime.js";
import type { RuntimeCall } from "../runtime-call.js";
import { unlessUnknown } from "../unless-unknown.js";
import type { ContainerdApi } from "./api.js";
import { type ContainerRecord, mapOf, TASK_STATUS, type Task } from "./api-types.js";
import { CODE, ContainerdError, failedWith } from "./connection.js";
import { containerMetadata, sandboxMetadata } from "./cri.js";
import { kindOf } from "./kind.js";
import { loneContainer, lonePod, pidOf, podContainer, recorded, recordedState, type Sources } from "./known.js";
import { networkFile, podFrom, podOfContainer, sandboxPid } from "./pod.js";

/** Where runc keeps what it knows when containerd is not told otherwise; a folder for each namespace. */
const DEFAULT_ROOT = "/run/containerd/runc";
const STATUS_OF = {
  creating: TASK_STATUS.CREATED,
  created: TASK_STATUS.CREATED,
  running: TASK_STATUS.RUNNING,
  paused: TASK_STATUS.PAUSED,
  stopped: TASK_STATUS.STOPPED,
} as const;

/** What a domain is made with. */
export interface ContainerdDomainOptions {
  readonly api: ContainerdApi;
  readonly namespace: string;
  /** The OCI runtime, by absolute name, for updates that containerd cannot do. */
  readonly runtime?: string | undefined;
  readonly log?: Logger | undefined;
}

/** A namespace: pods and containers where CRI made them, elsewhere containers each with a pod of its own. */
export class ContainerdDomain implements Domain {
  readonly name: string;
  servesNri = false;
  /** The `--root` of the latest call of the OCI runtime. */
  root = "";
  readonly #api: ContainerdApi;
  readonly #namespace: string;
  readonly #runtime: string | undefined;
  readonly #log: Logger | undefined;

  constructor({ api, namespace, runtime, log }: ContainerdDomainOptions) {
    this.name = `containerd:${namespace}`;
    this.#api = api;
    this.#namespace = namespace;
    this.#runtime = runtime;
    this.#log = log;
  }

  async list(signal: AbortSignal): Promise<DomainState> {
    const tasks = new Map((await this.#api.tasks(this.#namespace, signal)).map((task) => [task.id, task]));
    const digests = new Map<string, Promise<string | undefined>>();
    const pods: PodSandbox[] = [];
    const containers: EngineContainer[] = [];
    const unclear: string[] = [];
    let records = 0;
    const add = async (record: ContainerRecord): Promise<void> => {
      const task = await this.#seen(record.id, tasks.get(record.id), signal);
      if (kindOf(this.#namespace, mapOf(record.labels), undefined) === "sandbox") {
        if (task?.status === TASK_STATUS.UNKNOWN) unclear.push(record.id);
        pods.push(await this.#pod(record, readSpec(record), pidOf(task), signal));
        return;
      }
      const found = await this.#container(record, task, digests, signal);
      if (found === undefined) return;
      containers.push(found.container);
      if (found.pod !== undefined) pods.push(found.pod);
    };
    const running = new Set<Promise<void>>();
    for await (const record of this.#api.containers(this.#namespace, signal)) {
      if (++records > LIMITS.containerd.maxRecords) {
        throw new Error(`domain "${this.name}" has more than ${LIMITS.containerd.maxRecords} pods and containers`);
      }
      const added: Promise<void> = add(record)
        .catch((error: unknown) => {
          this.#log?.warn(`container "${record.id}" in domain "${this.name}" is left out: ${errorText(error)}`);
        })
        .finally(() => running.delete(added));
      running.add(added);
      if (running.size >= LIMITS.containerd.maxConcurrentCalls) await Promise.race(running);
    }
    await Promise.all(running);
    signal.throwIfAborted();
    // without its process it would look like one that has ended
    if (unclear.length > 0) throw new Error(`the shim of pod "${unclear[0]}" in domain "${this.name}" does not answer`);
    return { pods, containers };
  }

  async describe({ id }: RuntimeCall, spec: Spec, signal: AbortSignal): Promise<Described> {
    const record = await this.#unless(id, () => this.#api.container(this.#namespace, id, signal));
    const labels = record === undefined ? undefined : mapOf(record.labels);
    const sources: Sources = { id, namespace: this.#namespace, spec, record };
    switch (kindOf(this.#namespace, labels, spec.annotations ?? undefined)) {
      case "sandbox":
        return { kind: "pod", pod: await this.#pod(record ?? id, spec, 0, signal) };
      case "container": {
        const metadata = await this.#unless(id, async () => record && containerMetadata(record));
        const known = podContainer(sources, metadata);
        const [imageDigest, pod] = await Promise.all([
          this.#imageDigest(record, signal),
          this.#podOf(known.podSandboxId ?? "", spec, signal),
        ]);
        return { kind: "container", known: podContainer({ ...sources, imageDigest }, metadata), pod, ownPod: false };
      }
      case "alone": {
        const all = { ...sources, imageDigest: await this.#imageDigest(record, signal) };
        return { kind: "container", known: loneContainer(all), pod: PodSandbox.create(lonePod(all)), ownPod: true };
      }
    }
  }

  async pid(id: string, signal: AbortSignal): Promise<number> {
    return pidOf(await this.#seen(id, await this.#task(id, signal), signal));
  }

  async update(id: string, resources: LinuxResources, signal: AbortSignal): Promise<void> {
    const wanted = linuxResourcesToSpec(resources);
    const json = Buffer.from(printJson(wanted));
    await this.#orDirectly(
      id,
      () => this.#api.update(this.#namespace, id, json, signal, this.#shimMs),
      (runtime) => runtime.update(id, wanted, signal),
      signal,
    );
  }

  async evict(id: string, _reason: string, signal: AbortSignal): Promise<void> {
    await this.#orDirectly(
      id,
      () => this.#api.kill(this.#namespace, id, signal, this.#shimMs),
      (runtime) => runtime.kill(id, "KILL", signal),
      signal,
    );
  }

  // Asks containerd, and where that cannot do it, the OCI runtime itself. What nothing runs of (false) needs nothing more.
  async #orDirectly(
    id: string,
    ask: () => Promise<boolean>,
    directly: (runtime: RealRuntime) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await ask();
    } catch (error) {
      const { UNIMPLEMENTED, UNAVAILABLE, DEADLINE_EXCEEDED } = CODE;
      const cannot = failedWith(error, UNIMPLEMENTED, UNAVAILABLE, DEADLINE_EXCEEDED);
      if (cannot && this.#runtime !== undefined) {
        this.#log?.debug(`container "${id}" in domain "${this.name}": without containerd: ${errorText(error)}`);
        const runtime = this.#direct(this.#runtime);
        await runtime.unlessEnded(id, () => directly(runtime), signal);
      } else if (!(await this.#ended(id, signal))) throw error;
    }
  }

  // What runs of a container; with status UNKNOWN when that cannot be told now.
  async #task(id: string, signal: AbortSignal): Promise<Task | undefined> {
    try {
      return await this.#api.task(this.#namespace, id, signal, this.#shimMs);
    } catch (error) {
      if (!failedWith(error, CODE.UNAVAILABLE, CODE.DEADLINE_EXCEEDED)) throw error;
      return { id, pid: 0, status: TASK_STATUS.UNKNOWN, exitStatus: 0, exitedAt: null };
    }
  }

  // The shim of a pod answers nothing while the OCI runtime creates a container in it, which may wait for the very answer.
  get #shimMs(): number {
    return this.#runtime === undefined ? LIMITS.containerd.callMs : LIMITS.containerd.busyMs;
  }

  #direct(path: string): RealRuntime {
    return new RealRuntime({ path, root: this.root === "" ? `${DEFAULT_ROOT}/${this.#namespace}` : this.root });
  }

  // A task whose shim does not answer, as the OCI runtime sees it.
  async #seen(id: string, task: Task | undefined, signal: AbortSignal): Promise<Task | undefined> {
    if (task?.status !== TASK_STATUS.UNKNOWN || this.#runtime === undefined) return task;
    const runtime = this.#direct(this.#runtime);
    const state = await this.#unless(id, () => runtime.state(id, signal));
    return state === undefined ? task : { ...task, pid: state.pid, status: STATUS_OF[state.status] };
  }

  // Whether it has ended for sure.
  async #ended(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      const task = await this.#api.task(this.#namespace, id, signal);
      return task === undefined || task.status === TASK_STATUS.STOPPED;
    } catch (error) {
      if (error instanceof ContainerdError) return false;
      throw error;
    }
  }

  async #pod(sandbox: ContainerRecord | string, spec: Spec, pid: number, signal: AbortSignal): Promise<PodSandbox> {
    const record = typeof sandbox === "string" ? undefined : sandbox;
    const id = typeof sandbox === "string" ? sandbox : sandbox.id;
    const metadata = await this.#unless(id, async () => record && sandboxMetadata(record));
    const labels = await this.#unless(
      id,
      () => this.#api.sandboxLabels(this.#namespace, id, signal),
      CODE.UNIMPLEMENTED,
    );
    const file = networkFile(spec);
    return PodSandbox.create(
      podFrom({
        id,
        spec,
        metadata,
        recordLabels: mapOf(labels),
        pid,
        hasNetwork: file !== "" && (await exists(file)),
      }),
    );
  }

  // The pod of a container that is being created; undefined when it cannot be asked for. A sandbox that is no container of
  // containerd's (one of a shim with sandboxes of its own) is known by what the container's spec says of it. The shim, which would
  // know its process, answers nothing now.
  async #podOf(id: string, spec: Spec, signal: AbortSignal): Promise<PodSandbox | undefined> {
    return await this.#unless(id, async () => {
      const record = await this.#api.container(this.#namespace, id, signal);
      if (record === undefined) return PodSandbox.create(podOfContainer(spec));
      return await this.#pod(record, readSpec(record), sandboxPid(spec), signal);
    });
  }

  async #container(
    record: ContainerRecord,
    task: Task | undefined,
    digests: Map<string, Promise<string | undefined>>,
    signal: AbortSignal,
  ): Promise<{ container: EngineContainer; pod: PodSandbox | undefined } | undefined> {
    const { id, image } = record;
    const spec = readSpec(record);
    const alone = kindOf(this.#namespace, mapOf(record.labels), undefined) === "alone";
    const status = alone ? undefined : await this.#unless(id, () => this.#api.criStatus(id, signal));
    let digest = digests.get(image);
    digest ??= this.#imageDigest(record, signal);
    digests.set(image, digest);
    const sources: Sources = { id, namespace: this.#namespace, spec, record, task, status, imageDigest: await digest };
    if (recordedState(sources) === ContainerState.CONTAINER_UNKNOWN) return undefined;
    const known = alone
      ? loneContainer(sources)
      : podContainer(sources, await this.#unless(id, async () => containerMetadata(record)));
    return {
      container: new ListedContainer(containerFromSpec(spec, recorded(sources, known)), known.podSandboxId ?? id),
      pod: alone ? PodSandbox.create(lonePod(sources)) : undefined,
    };
  }

  #imageDigest(record: ContainerRecord | undefined, signal: AbortSignal): Promise<string | undefined> {
    if (record === undefined || record.image === "") return Promise.resolve(undefined);
    return this.#unless(record.id, () => this.#api.imageDigest(this.#namespace, record.image, signal));
  }

  // What is not to be had is told, and missing; a call of the OCI runtime does not fail for it.
  #unless<T>(id: string, ask: () => Promise<T>, ...silent: readonly number[]): Promise<T | undefined> {
    return unlessUnknown({ domain: this.name, id, log: this.#log }, ask, (error) => failedWith(error, ...silent));
  }
}

function readSpec(record: ContainerRecord): Spec {
  if (record.spec === null) throw new Error("it has no spec");
  return parseSpec(record.spec.value, { name: "its spec" });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

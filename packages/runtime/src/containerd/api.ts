// containerd's API as this package needs it: one function per question, absence as undefined.

import { LIMITS } from "../limits.js";
import type { Any, ContainerRecord, CriStatus, Entry, Envelope, Task, TaskEnd } from "./api-types.js";
import { CODE, Connection, failedWith } from "./connection.js";

/** Type of the resources that `Tasks.Update` takes. */
const RESOURCES_TYPE = "types.containerd.io/opencontainers/runtime-spec/1/LinuxResources";
const SIGKILL = 9;

/** A plugin of containerd that is loaded. */
export interface LoadedPlugin {
  readonly id: string;
  readonly initErr: { readonly message: string } | null;
}

/** Questions to one containerd. Each throws ContainerdError when it is away, or answers with something else. */
export class ContainerdApi implements Disposable {
  readonly #connection: Connection;

  constructor(address: string) {
    this.#connection = new Connection(address);
  }

  /** Such as `v2.1.9`. */
  async version(signal?: AbortSignal): Promise<string> {
    const answer = await this.#connection.unary<{ version: string }>(
      "containerd.services.version.v1.Version/Version",
      {},
      { signal },
    );
    return answer.version;
  }

  /** Names of the namespaces that have something. */
  async namespaces(signal?: AbortSignal): Promise<string[]> {
    const answer = await this.#connection.unary<{ namespaces: { name: string }[] }>(
      "containerd.services.namespaces.v1.Namespaces/List",
      {},
      { signal },
    );
    return answer.namespaces.map(({ name }) => name);
  }

  /** The record of a container. */
  async container(namespace: string, id: string, signal?: AbortSignal): Promise<ContainerRecord | undefined> {
    const answer = await this.#found<{ container: ContainerRecord | null }>(
      "containerd.services.containers.v1.Containers/Get",
      { id },
      { namespace, signal },
    );
    return answer?.container ?? undefined;
  }

  /** All records of a namespace, one after the other. */
  async *containers(namespace: string, signal?: AbortSignal): AsyncGenerator<ContainerRecord, void> {
    const messages = this.#connection.stream<{ container: ContainerRecord | null }>(
      "containerd.services.containers.v1.Containers/ListStream",
      {},
      { namespace, signal, ms: LIMITS.containerd.listMs },
    );
    for await (const { container } of messages) if (container !== null) yield container;
  }

  /** What runs of a container. */
  async task(namespace: string, id: string, signal?: AbortSignal, ms?: number): Promise<Task | undefined> {
    const answer = await this.#found<{ process: Task | null }>(
      "containerd.services.tasks.v1.Tasks/Get",
      { containerId: id },
      { namespace, signal, ms },
    );
    return answer?.process ?? undefined;
  }

  /** What runs of all containers of a namespace. One whose shim does not answer has status UNKNOWN, and no process. */
  async tasks(namespace: string, signal?: AbortSignal): Promise<Task[]> {
    const answer = await this.#connection.unary<{ tasks: Task[] }>(
      "containerd.services.tasks.v1.Tasks/List",
      {},
      { namespace, signal, ms: LIMITS.containerd.listMs },
    );
    return answer.tasks;
  }

  /** Ends the first process of a container; false when there is none. */
  async kill(namespace: string, id: string, signal?: AbortSignal, ms?: number): Promise<boolean> {
    const answer = await this.#found(
      "containerd.services.tasks.v1.Tasks/Kill",
      { containerId: id, signal: SIGKILL },
      { namespace, signal, ms },
    );
    return answer !== undefined;
  }

  /** Gives what runs of a container other resources (JSON of OCI's); false when nothing runs. */
  async update(
    namespace: string,
    id: string,
    resources: Uint8Array,
    signal?: AbortSignal,
    ms?: number,
  ): Promise<boolean> {
    const any: Any = { type_url: RESOURCES_TYPE, value: resources };
    const answer = await this.#found(
      "containerd.services.tasks.v1.Tasks/Update",
      { containerId: id, resources: any },
      { namespace, signal, ms },
    );
    return answer !== undefined;
  }

  /** Digest of what an image name stands for. */
  async imageDigest(namespace: string, name: string, signal?: AbortSignal): Promise<string | undefined> {
    const answer = await this.#found<{ image: { target: { digest: string } | null } | null }>(
      "containerd.services.images.v1.Images/Get",
      { name },
      { namespace, signal },
    );
    return answer?.image?.target?.digest;
  }

  /** Labels of a sandbox; none before 1.7, which has no records of sandboxes. */
  async sandboxLabels(namespace: string, sandboxId: string, signal?: AbortSignal): Promise<readonly Entry<string>[]> {
    const answer = await this.#found<{ sandbox: { labels: Entry<string>[] } | null }>(
      "containerd.services.sandbox.v1.Store/Get",
      { sandboxId },
      { namespace, signal },
    );
    return answer?.sandbox?.labels ?? [];
  }

  /** What CRI knows of the life of a container of its own. */
  async criStatus(containerId: string, signal?: AbortSignal): Promise<CriStatus | undefined> {
    const answer = await this.#found<{ status: CriStatus | null }>(
      "runtime.v1.RuntimeService/ContainerStatus",
      { containerId },
      { signal },
    );
    return answer?.status ?? undefined;
  }

  /** Plugins of a type, such as `io.containerd.nri.v1`. */
  async plugins(type: string, signal?: AbortSignal): Promise<LoadedPlugin[]> {
    const answer = await this.#connection.unary<{ plugins: LoadedPlugin[] }>(
      "containerd.services.introspection.v1.Introspection/Plugins",
      { filters: [`type==${type}`] },
      { signal },
    );
    return answer.plugins;
  }

  /** containerd's process, and the inode of the pid namespace that the number is of; both 0 before 1.7. */
  async server(signal?: AbortSignal): Promise<{ pid: number; pidNamespace: number }> {
    const answer = await this.#connection.unary<{ pid: string; pidns: string }>(
      "containerd.services.introspection.v1.Introspection/Server",
      {},
      { signal },
    );
    return { pid: Number(answer.pid), pidNamespace: Number(answer.pidns) };
  }

  /** Whether CRI answers; undefined while it starts, false when there is none. */
  async criReady(signal?: AbortSignal): Promise<boolean | undefined> {
    try {
      // nobody has this container; CRI says so when it has read its state and has started NRI
      await this.#connection.unary("runtime.v1.RuntimeService/ContainerStatus", { containerId: "-" }, { signal });
      return true;
    } catch (error) {
      if (failedWith(error, CODE.NOT_FOUND)) return true;
      if (failedWith(error, CODE.UNIMPLEMENTED)) return false;
      return undefined;
    }
  }

  /** Events of all namespaces with one of these topics, until containerd goes or `signal` is aborted. */
  events(topics: readonly string[], signal: AbortSignal): AsyncGenerator<Envelope, void> {
    return this.#connection.stream<Envelope>(
      "containerd.services.events.v1.Events/Subscribe",
      { filters: topics.map((topic) => `topic=="${topic}"`) },
      { signal, ms: 0 },
    );
  }

  /** The end of a process that an event tells of. */
  taskEnd(topic: string, event: Any): TaskEnd {
    const type = topic === "/tasks/exit" ? "containerd.events.TaskExit" : "containerd.events.TaskDelete";
    return this.#connection.decode<TaskEnd>(type, event.value);
  }

  /** The id of the container that an event of `/containers/delete` tells of. */
  deletedContainer(event: Any): string {
    return this.#connection.decode<{ id: string }>("containerd.events.ContainerDelete", event.value).id;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  /** The answer; undefined when what was asked for is not there, or not known to this containerd. */
  async #found<T>(
    method: string,
    request: object,
    options: Parameters<Connection["unary"]>[2],
  ): Promise<T | undefined> {
    try {
      return await this.#connection.unary<T>(method, request, options);
    } catch (error) {
      if (failedWith(error, CODE.NOT_FOUND)) return undefined;
      throw error;
    }
  }
}

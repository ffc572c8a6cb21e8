// The Engine API of dockerd, as far as it is asked: containers, images, events.
import { isJsonObject, parseAnyJson } from "@nri/oci";
import { EngineConnection } from "../engine-api/connection.js";
import { at, integer, type Json, list, strings, text } from "../json.js";
import { nanoseconds } from "../rfc3339-time.js";
import type { ContainerEnd, InspectedContainer, ListedByDocker, UpdateBody } from "./api-types.js";

/** The latest version of the API that this is tried with; an older dockerd is asked in its own. */
const NEWEST = [1, 51] as const;

/** Questions to one dockerd. All reject with EngineApiError. */
export class DockerApi implements AsyncDisposable {
  readonly #connection: EngineConnection;
  /** Empty until it is known: then dockerd answers in its latest version. */
  #version = "";
  #dockerVersion = "";

  constructor(address: string) {
    this.#connection = new EngineConnection("dockerd", address);
  }

  /** The version of dockerd, such as `28.5.2`; empty until it has been asked. */
  get dockerVersion(): string {
    return this.#dockerVersion;
  }

  /** Finds out which version of the API to speak. Throws as well when it is podman that answers: it has a domain of its own. */
  async negotiate(signal: AbortSignal): Promise<void> {
    const answer = await this.#connection.ask({ path: "/version", signal });
    const names = list(at(answer, "Components")).map((one) => text(at(one, "Name")));
    if (names.includes("Podman Engine")) throw new Error("podman answers there");
    this.#dockerVersion = text(at(answer, "Version"));
    const [major = 1, minor = 0] = text(at(answer, "ApiVersion")).split(".").map(Number);
    const [newestMajor, newestMinor] = NEWEST;
    const isOlder = major < newestMajor || (major === newestMajor && minor < newestMinor);
    this.#version = `/v${(isOlder ? [major, minor] : NEWEST).join(".")}`;
  }

  /** All containers, or the one of this id: what dockerd tells without waiting for a container. */
  async containers(signal: AbortSignal, id?: string, ms?: number): Promise<ListedByDocker[]> {
    const filters = id === undefined ? undefined : JSON.stringify({ id: [id] });
    const path = `${this.#version}/containers/json`;
    const answer = await this.#connection.ask({ path, query: { all: "1", filters }, signal, ms });
    return list(answer).map(listed);
  }

  /** One container. Waits while dockerd does something with it. */
  async inspect(id: string, signal: AbortSignal, ms?: number): Promise<InspectedContainer> {
    return inspected(await this.#connection.ask({ path: this.#container(id, "json"), signal, ms }));
  }

  /** The digest in an image's registry; empty when it came from none. `name` is what it is called. */
  async imageDigest(id: string, name: string, signal: AbortSignal, ms?: number): Promise<string> {
    const path = `${this.#version}/images/${encodeURIComponent(id)}/json`;
    const answer = await this.#connection.ask({ path, signal, ms });
    const digests = list(at(answer, "RepoDigests")).map(text);
    const repository = name.replace(/[:@][^/]*$/, "");
    const found = digests.find((digest) => digest.startsWith(`${repository}@`)) ?? digests[0] ?? "";
    return found.slice(found.indexOf("@") + 1);
  }

  /** Gives a container other resources. */
  async update(id: string, body: UpdateBody, signal: AbortSignal): Promise<void> {
    await this.#connection.ask({ method: "POST", path: this.#container(id, "update"), body, signal });
  }

  /** Where a volume is on this machine. It is made when it is not there; an empty name makes one without a name. */
  async volumeFolder(name: string, signal: AbortSignal): Promise<string> {
    const body = name === "" ? {} : { Name: name };
    const answer = await this.#connection.ask({
      method: "POST",
      path: `${this.#version}/volumes/create`,
      body,
      signal,
    });
    const folder = text(at(answer, "Mountpoint"));
    if (folder === "") throw new Error(`volume "${name}": its driver does not say where it is`);
    return folder;
  }

  /** Kills a container. */
  async kill(id: string, signal: AbortSignal): Promise<void> {
    const query = { signal: "KILL" };
    await this.#connection.ask({ method: "POST", path: this.#container(id, "kill"), query, signal });
  }

  /** Stops a container without a pause; one that is about to be started again is not. */
  async stop(id: string, signal: AbortSignal): Promise<void> {
    await this.#connection.ask({ method: "POST", path: this.#container(id, "stop"), query: { t: "0" }, signal });
  }

  /** Ends and removals of containers from a moment on (nanoseconds since the epoch), and what is to come. */
  async *ends(since: bigint, signal: AbortSignal, begun: () => void): AsyncGenerator<ContainerEnd, void> {
    const billion = 1_000_000_000n;
    const query = {
      since: `${since / billion}.${String(since % billion).padStart(9, "0")}`,
      filters: JSON.stringify({ type: ["container"], event: ["die", "destroy"] }),
    };
    const path = `${this.#version}/events`;
    for await (const line of this.#connection.lines({ path, query, signal }, begun)) {
      const end = containerEnd(parseAnyJson(line, { name: "an event of dockerd" }));
      if (end !== undefined) yield end;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  #container(id: string, what: string): string {
    return `${this.#version}/containers/${encodeURIComponent(id)}/${what}`;
  }
}

function listed(container: Json): ListedByDocker {
  const created = integer(at(container, "Created"));
  return {
    id: text(at(container, "Id")),
    // a link to another container is `/other/alias`
    name: withoutSlash(
      list(at(container, "Names"))
        .map(text)
        .find((name) => name.lastIndexOf("/") === 0) ?? "",
    ),
    image: text(at(container, "Image")),
    imageId: text(at(container, "ImageID")),
    labels: strings(at(container, "Labels")),
    state: text(at(container, "State")),
    exitCode: Number(/\((\d+)\)/.exec(text(at(container, "Status")))?.[1] ?? 0),
    createdAt: created * 1_000_000_000n,
  };
}

function inspected(container: Json): InspectedContainer {
  const state = (key: string): Json => at(container, "State", key);
  return {
    state: text(state("Status")),
    pid: Number(integer(state("Pid"))),
    exitCode: Number(integer(state("ExitCode"))),
    createdAt: nanoseconds(text(at(container, "Created"))),
    startedAt: nanoseconds(text(state("StartedAt"))),
    finishedAt: nanoseconds(text(state("FinishedAt"))),
    args: [text(at(container, "Path")), ...list(at(container, "Args")).map(text)],
    env: list(at(container, "Config", "Env")).map(text),
    annotations: strings(at(container, "HostConfig", "Annotations")),
    memorySwap: integer(at(container, "HostConfig", "MemorySwap")),
    netnsFile: text(at(container, "NetworkSettings", "SandboxKey")),
  };
}

function containerEnd(event: Json): ContainerEnd | undefined {
  const id = text(at(event, "Actor", "ID"));
  const action = text(at(event, "Action"));
  if (!isJsonObject(event) || id === "" || (action !== "die" && action !== "destroy")) return undefined;
  const exitCode = Number(text(at(event, "Actor", "Attributes", "exitCode")));
  return { id, isGone: action === "destroy", exitCode: exitCode | 0, at: integer(at(event, "timeNano")) };
}

/** A container's name as its users write it. */
export function withoutSlash(name: string): string {
  return name.replace(/^\//, "");
}

// libpod's API, as far as it is asked. libpod locks a container while it creates or starts it: questions about it, lists that have
// it, pods that have it and `info` wait then (tried with 4.3 and 5.8); events do not.
import { parseAnyJson } from "@nri/oci";
import { getOwn } from "@nri/protocol";
import { answeredWith, EngineApiError, EngineConnection, type Question } from "../engine-api/connection.js";
import { at, integer, type Json, list, strings, text } from "../json.js";
import { LIMITS } from "../limits.js";
import { EVER, type ListedByPodman, listed, type PodmanEvent, type PodmanSource } from "./source.js";

/** The oldest version of the API that has all of this. */
const ROOT = "/v4.0.0/libpod";

/** Questions to one service. All reject with EngineApiError. */
export class LibpodApi implements PodmanSource, AsyncDisposable {
  readonly ms = LIMITS.podman.busyMs;
  readonly #connection: EngineConnection;

  constructor(address: string) {
    this.#connection = new EngineConnection("podman's API", address);
  }

  /** Whether it answers: about a container that there is not, which takes no lock. Rejects when it does not. */
  async ask(signal: AbortSignal): Promise<void> {
    try {
      await this.#connection.ask({ path: `${ROOT}/containers/none/exists`, signal });
    } catch (error) {
      if (answeredWith(error, 0) || !(error instanceof EngineApiError)) throw error;
    }
  }

  /** What happens from now on. podman begins its answer with the first event. */
  events(signal: AbortSignal): AsyncGenerator<PodmanEvent, void> {
    const query = { stream: "true", filters: JSON.stringify({ type: ["container", "pod"] }) };
    return this.#events({ query, signal, ms: 0 });
  }

  async past(id: string, actions: readonly string[], signal: AbortSignal): Promise<PodmanEvent[]> {
    const filters = JSON.stringify({ type: ["container"], container: [id], event: actions });
    const found: PodmanEvent[] = [];
    const query = { stream: "false", since: EVER, filters };
    for await (const event of this.#events({ query, signal })) {
      if (event.id === id) found.push(event);
    }
    return found;
  }

  async containers(ids: readonly string[] | undefined, signal: AbortSignal): Promise<ListedByPodman[]> {
    const filters = ids === undefined ? undefined : JSON.stringify({ id: ids });
    const path = `${ROOT}/containers/json`;
    return list(await this.#connection.ask({ path, query: { all: "true", filters }, signal })).map(listed);
  }

  async stop(id: string, signal: AbortSignal): Promise<void> {
    const path = `${ROOT}/containers/${encodeURIComponent(id)}/stop`;
    await this.#connection.ask({ method: "POST", path, query: { timeout: "0" }, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection[Symbol.asyncDispose]();
  }

  async *#events(question: Pick<Question, "query" | "signal" | "ms">): AsyncGenerator<PodmanEvent, void> {
    for await (const line of this.#connection.lines({ path: `${ROOT}/events`, ...question }, () => undefined)) {
      const event = readEvent(parseAnyJson(line, { name: "an event of podman" }));
      if (event !== undefined) yield event;
    }
  }
}

/** What stands among the labels without being one. */
const OTHERS = ["image", "name", "podId", "containerExitCode"] as const;

/** An event of the API; undefined for what is no container's and no pod's. */
export function readEvent(event: Json): PodmanEvent | undefined {
  const type = text(at(event, "Type"));
  const attributes = strings(at(event, "Actor", "Attributes"));
  const [image, name, podId, code] = OTHERS.map((key) => getOwn(attributes, key) ?? "");
  if (type !== "container" && type !== "pod") return undefined;
  for (const key of OTHERS) delete attributes[key];
  return {
    type,
    action: text(at(event, "Action")),
    id: text(at(event, "Actor", "ID")),
    name: name ?? "",
    image: image ?? "",
    labels: attributes,
    podId: podId ?? "",
    exitCode: Number(code) | 0,
    at: integer(at(event, "timeNano")),
  };
}

// As much of dockerd's API as its engine asks, in this process: containers that tests put there, and events when they say so.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A container as `docker inspect` shows it, as far as it is looked at. */
export interface SmallContainer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
  readonly State?: { readonly Status: string } & Readonly<Record<string, unknown>>;
  readonly HostConfig?: Readonly<Record<string, unknown>>;
}

/** The API on a socket of its own. */
export class SmallDockerd implements AsyncDisposable {
  readonly dir = mkdtempSync(join(tmpdir(), "nri-sdk-"));
  readonly address = join(this.dir, "docker.sock");
  readonly containers = new Map<string, SmallContainer>();
  /** Containers that dockerd does something with: nobody is told anything about them, but by the list. */
  readonly busy = new Set<string>();
  /** `POST` and `GET`, with their paths and bodies. */
  readonly asked: string[] = [];
  version: object = { ApiVersion: "1.41" };
  /** What the next update is refused with. */
  refusal: string | undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #streams = new Set<ServerResponse>();

  /** Opens the socket. */
  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.address, resolve));
  }

  /** Ends all connections, and the socket. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  add(container: SmallContainer): void {
    this.containers.set(container.Id, container);
  }

  /** Tells everybody who listens; JSON. */
  tellText(event: string): void {
    for (const stream of this.#streams) stream.write(`${event}\n`);
  }

  /** Ends what everybody listens to. */
  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Whether somebody listens. */
  get isHeard(): boolean {
    return this.#streams.size > 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    rmSync(this.dir, { recursive: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://engine");
    let body = "";
    for await (const chunk of request) body += String(chunk);
    this.asked.push(
      `${request.method} ${pathname}${request.url?.includes("?") ? request.url.slice(request.url.indexOf("?")) : ""}${body}`,
    );
    const path = pathname.replace(/^\/v[\d.]+/, "");
    const [, what = "", id = "", action = ""] = path.split("/");
    if (path === "/version") return json(response, 200, this.version);
    if (path === "/events") {
      this.#streams.add(response);
      response.once("close", () => this.#streams.delete(response));
      response.writeHead(200);
      return response.flushHeaders();
    }
    if (what === "images") return json(response, 200, { RepoDigests: ["x/busybox@sha256:dd"] });
    if (path === "/containers/json") {
      const ids = JSON.parse(searchParams.get("filters") ?? "{}").id as string[] | undefined;
      const found = [...this.containers.values()].filter(({ Id }) => ids === undefined || ids.includes(Id));
      return json(
        response,
        200,
        found.map((one) => ({ ...one, State: one.State?.Status ?? "created" })),
      );
    }
    if (this.busy.has(id)) return;
    const container = this.containers.get(id);
    if (container === undefined) return json(response, 404, { message: `No such container: ${id}` });
    if (action === "json") return json(response, 200, container);
    if (action === "update" && this.refusal !== undefined) return json(response, 400, { message: this.refusal });
    json(response, action === "kill" ? 204 : 200, {});
  }
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(status === 204 ? undefined : JSON.stringify(body));
}

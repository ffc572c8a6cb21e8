// The control socket: HTTP over a unix socket in a folder of mode 0700, for whoever is root. It only reads.
import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { type Logger, listen } from "@nri/adaptation";
import { errorText } from "../error-text.js";
import { jsonText, type Node } from "../json-text.js";
import { privateFolder } from "../lease/folder.js";
import { LIMITS } from "../limits.js";

/** What is wrong with a request. */
export class ControlProblem extends Error {
  override readonly name = "ControlProblem";
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

/** A text of a type of its own. */
export class ControlText {
  readonly type: string;
  readonly text: string;

  constructor(type: string, text: string) {
    this.type = type;
    this.text = text;
  }
}

/** Lines that go on until who asked has seen enough. */
export interface ControlStream {
  /** Begins. `end` writes a last line, and ends it. */
  start(write: (line: string) => void, end: (line: string) => void): Disposable;
}

/** What is asked. */
export interface ControlRequest {
  /** What stands behind a path that ends with `/`, decoded. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** What a path answers with: JSON, another text, or lines without an end. */
export type ControlAnswer = Node | object | ControlText;

/** What each path answers with; one that ends with `/` answers for all below it. What it throws is the answer's error. */
export type ControlRoutes = {
  readonly [path: string]: (request: ControlRequest) => ControlAnswer | Promise<ControlAnswer>;
};

/** Opens the socket. Throws when it cannot be opened, naming it. */
export async function openControl(path: string, routes: ControlRoutes, log: Logger): Promise<AsyncDisposable> {
  await privateFolder(dirname(path));
  const { maxControlConnections, controlRequestMs } = LIMITS.serve;
  /** Connections that are cut off when they take too long. */
  const late = new Map<Socket, NodeJS.Timeout>();
  const server = createServer(async (request, response) => {
    request.resume();
    try {
      const { pathname, query } = parsed(request.url ?? "");
      const [route, rest] = routeOf(routes, pathname);
      if (request.method !== "GET") throw new ControlProblem(405, `${request.method} is not known here, only GET`);
      const answer = await route({ rest, query });
      if (!isStream(answer)) return send(response, 200, answer);
      // The end of its time is for those who take long to ask.
      clearTimeout(late.get(request.socket));
      stream(response, answer);
    } catch (error) {
      const status = error instanceof ControlProblem ? error.status : 500;
      if (status === 500) log.error(`control socket: ${request.url}: ${errorText(error)}`);
      send(response, status, { error: errorText(error) });
    }
  });
  // Node.js limits and ends connections of servers that listen themselves only.
  const listener = await listen(
    path,
    (socket) => {
      if (late.size >= maxControlConnections) return void socket.destroy();
      late.set(
        socket,
        setTimeout(() => socket.destroy(), controlRequestMs),
      );
      socket.once("close", () => {
        clearTimeout(late.get(socket));
        late.delete(socket);
      });
      server.emit("connection", socket);
    },
    (error) => log.warn(`stopped accepting control connections (${error.message})`),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await listener.close();
      for (const socket of late.keys()) socket.destroy();
    },
  };
}

function parsed(url: string): { readonly pathname: string; readonly query: URLSearchParams } {
  const [pathname = "", query = ""] = url.split("?");
  return { pathname, query: new URLSearchParams(query) };
}

/** The route of a path: its own, or that of the folder it lies in. */
function routeOf(routes: ControlRoutes, pathname: string): [ControlRoutes[string], string] {
  const folder = pathname.slice(0, pathname.lastIndexOf("/") + 1);
  const unknown = new ControlProblem(404, `no such path: ${pathname}`);
  for (const path of [pathname, folder]) {
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    const rest = pathname.slice(path.length);
    if (route === undefined || (path === pathname && path.endsWith("/"))) continue;
    try {
      return [route, decodeURIComponent(rest)];
    } catch {
      throw unknown; // what is not encoded as it should be names nothing
    }
  }
  throw unknown;
}

function send(response: ServerResponse, status: number, answer: ControlAnswer): void {
  const [type, text] =
    answer instanceof ControlText ? [answer.type, answer.text] : ["application/json", `${jsonText(answer as Node)}\n`];
  const length = Buffer.byteLength(text);
  response.writeHead(status, { "content-type": type, "content-length": length, connection: "close" });
  response.end(text);
}

function isStream(answer: ControlAnswer): answer is ControlStream {
  return typeof answer === "object" && answer !== null && "start" in answer && typeof answer.start === "function";
}

/** Writes lines as they come. Who does not read them is told so, and let go. */
function stream(response: ServerResponse, lines: ControlStream): void {
  response.writeHead(200, { "content-type": "application/x-ndjson", connection: "close" });
  const { maxFollowerBytes, controlRequestMs } = LIMITS.serve;
  let isOver = false;
  // What is there already comes at once; the limit is for what comes later.
  let most = Number.POSITIVE_INFINITY;
  const end = (line: string): void => {
    if (isOver) return;
    isOver = true;
    source?.[Symbol.dispose]();
    response.end(`${line}\n`);
    // Its last lines are for one that reads on.
    setTimeout(() => response.socket?.destroy(), controlRequestMs).unref();
  };
  const write = (line: string): void => {
    if (isOver) return;
    response.write(`${line}\n`);
    if (response.writableLength > most) {
      end(JSON.stringify({ kind: "dropped", text: `more than ${maxFollowerBytes} bytes wait for this reader` }));
    }
  };
  let source: Disposable | undefined;
  source = lines.start(write, end);
  most = response.writableLength + maxFollowerBytes;
  response.once("close", () => {
    isOver = true;
    source?.[Symbol.dispose]();
  });
}

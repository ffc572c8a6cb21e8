// The control socket: HTTP over a unix socket in a folder of mode 0700, for whoever is root. It only reads.
import { createServer, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { dirname } from "node:path";
import { type Logger, listen } from "@nri/adaptation";
import { privateFolder } from "../lease/folder.js";
import { LIMITS } from "../limits.js";

/** What each path answers with, as JSON. */
export type ControlRoutes = { readonly [path: string]: () => unknown };

/** Opens the socket. Throws when it cannot be opened, naming it. */
export async function openControl(path: string, routes: ControlRoutes, log: Logger): Promise<AsyncDisposable> {
  await privateFolder(dirname(path));
  const { maxControlConnections, controlRequestMs } = LIMITS.serve;
  const server = createServer((request, response) => {
    request.resume();
    const [pathname = ""] = (request.url ?? "").split("?");
    const route = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
    if (route === undefined) return answer(response, 404, { error: `no such path: ${pathname}` });
    if (request.method !== "GET")
      return answer(response, 405, { error: `${request.method} is not known here, only GET` });
    answer(response, 200, route());
  });
  // Node.js limits and ends connections of servers that listen themselves only.
  const open = new Set<Socket>();
  const listener = await listen(
    path,
    (socket) => {
      if (open.size >= maxControlConnections) return void socket.destroy();
      const late = setTimeout(() => socket.destroy(), controlRequestMs);
      open.add(socket);
      socket.once("close", () => {
        clearTimeout(late);
        open.delete(socket);
      });
      server.emit("connection", socket);
    },
    (error) => log.warn(`stopped accepting control connections (${error.message})`),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await listener.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", connection: "close" });
  response.end(`${JSON.stringify(body)}\n`);
}

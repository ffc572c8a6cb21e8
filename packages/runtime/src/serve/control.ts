// The control socket: HTTP over a unix socket in a folder of mode 0700, for whoever is root. It only reads.
import { createServer, type ServerResponse } from "node:http";
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
  const server = createServer(
    { requestTimeout: controlRequestMs, headersTimeout: controlRequestMs },
    (request, response) => {
      request.resume();
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const route = Object.hasOwn(routes, pathname) ? routes[pathname] : undefined;
      if (route === undefined) return answer(response, 404, { error: `no such path: ${pathname}` });
      if (request.method !== "GET")
        return answer(response, 405, { error: `${request.method} is not known here, only GET` });
      answer(response, 200, route());
    },
  );
  let open = 0;
  const listener = await listen(
    path,
    (socket) => {
      open++;
      socket.once("close", () => open--);
      if (open > maxControlConnections) socket.destroy();
      else server.emit("connection", socket);
    },
    (error) => log.warn(`stopped accepting control connections (${error.message})`),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await listener.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
}

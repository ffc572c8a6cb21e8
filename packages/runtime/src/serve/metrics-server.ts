// `/metrics` over TCP, for a Prometheus that does not reach the control socket. Nothing else is there.
import { once } from "node:events";
import { createServer } from "node:http";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";
import type { ControlText } from "./control.js";

/** Listens at `host:port`. Throws when that cannot be had, naming it. */
export async function serveMetrics(address: string, text: () => Promise<ControlText>): Promise<AsyncDisposable> {
  const { controlRequestMs, maxControlConnections } = LIMITS.serve;
  const server = createServer(
    { requestTimeout: controlRequestMs, headersTimeout: controlRequestMs },
    (request, response) => {
      request.resume();
      const [path] = (request.url ?? "").split("?");
      if (request.method !== "GET" || path !== "/metrics") {
        response.writeHead(404, { "content-type": "text/plain", connection: "close" });
        response.end("only GET /metrics is known here\n");
        return;
      }
      text().then(
        (answer) => response.writeHead(200, { "content-type": answer.type, connection: "close" }).end(answer.text),
        (error: unknown) => response.writeHead(500, { connection: "close" }).end(`${errorText(error)}\n`),
      );
    },
  );
  server.maxConnections = maxControlConnections;
  const end = address.lastIndexOf(":");
  const host = address.slice(0, end).replace(/^\[|\]$/g, "");
  try {
    server.listen({ host, port: Number(address.slice(end + 1)) });
    await once(server, "listening");
  } catch (error) {
    throw new Error(`bridge.metrics_address ${address}: ${errorText(error)}`, { cause: error });
  }
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

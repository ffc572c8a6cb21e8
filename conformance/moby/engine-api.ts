// Questions to dockerd over its socket, as a test asks them.
import { request } from "node:http";

/** What it answered. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks once. Rejects when nobody listens. */
export function askEngine(socketPath: string, method: string, path: string, body?: object): Promise<EngineAnswer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const asked = request({ socketPath, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text.trim() === "" ? undefined : JSON.parse(text) });
      });
    });
    asked.once("error", reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

// A question to a daemon that runs, over its control socket.
import { request } from "node:http";
import { LIMITS } from "../limits.js";

/**
 * The answer to `GET path`, as parsed JSON. Undefined when no daemon listens there. Throws when it may not be asked, or
 * when the answer is none.
 */
export async function askControl(socketPath: string, path: string): Promise<unknown> {
  const { controlRequestMs, maxControlBytes } = LIMITS.serve;
  const text = await new Promise<string | undefined>((resolve, reject) => {
    const asked = request({ socketPath, path, timeout: controlRequestMs }, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxControlBytes) response.destroy(new Error(`more than ${maxControlBytes} bytes`));
      });
      response.once("error", reject);
      response.once("end", () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString());
        else reject(new Error(`status ${response.statusCode}`));
      });
    });
    asked.once("timeout", () => asked.destroy(new Error(`no answer in ${controlRequestMs} ms`)));
    asked.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
    asked.end();
  });
  return text === undefined ? undefined : JSON.parse(text);
}

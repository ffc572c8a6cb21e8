// Questions to a daemon that runs, over its control socket.
import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import { errorText } from "../error-text.js";
import { LIMITS } from "../limits.js";

/** The text that `GET path` is answered with. Undefined when no daemon listens there. Throws what it says is wrong. */
export async function askControlText(socketPath: string, path: string): Promise<string | undefined> {
  const { controlRequestMs } = LIMITS.serve;
  const response = await asked(socketPath, path, controlRequestMs);
  if (response === undefined) return undefined;
  const text = await textOf(response);
  if (response.statusCode !== 200) throw new Error(problemIn(text) ?? `status ${response.statusCode}`);
  return text;
}

/**
 * The answer to `GET path`, as parsed JSON. Undefined when no daemon listens there. Throws when it may not be asked, or
 * when the answer is none.
 */
export async function askControl(socketPath: string, path: string): Promise<unknown> {
  const text = await askControlText(socketPath, path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** The lines that `GET path` goes on with, until `signal` is aborted or the daemon ends. Undefined when no daemon listens there. */
export async function followControl(
  socketPath: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncIterable<string> | undefined> {
  const response = await asked(socketPath, path, 0, signal);
  if (response === undefined) return undefined;
  if (response.statusCode !== 200) {
    throw new Error(problemIn(await textOf(response)) ?? `status ${response.statusCode}`);
  }
  return linesOf(response, signal);
}

async function* linesOf(response: IncomingMessage, signal: AbortSignal): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (signal.aborted) return;
    throw !response.complete ? new Error("the daemon has ended", { cause: error }) : error;
  } finally {
    response.destroy();
  }
}

/** `timeoutMs` 0: it may take its time. */
function asked(
  socketPath: string,
  path: string,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    const question = request({ socketPath, path, timeout: timeoutMs, ...(signal && { signal }) }, resolve);
    question.once("timeout", () => question.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    question.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    });
    question.end();
  });
}

async function textOf(response: IncomingMessage): Promise<string> {
  const { maxControlBytes } = LIMITS.serve;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxControlBytes) throw new Error(`more than ${maxControlBytes} bytes`);
  }
  return Buffer.concat(chunks).toString();
}

/** What the daemon says is wrong; undefined when that is nothing that it would say. */
function problemIn(text: string): string | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    return typeof error === "string" ? error : undefined;
  } catch (error) {
    return `no answer of a daemon: ${errorText(error)}`;
  }
}

// The edge to the process: streams, signals, exit code.
import type { Host, Output } from "./host.js";
import { lines } from "./lines.js";
import { main } from "./main.js";

/** Runs the command of `process.argv` and sets the exit code. */
export async function run(): Promise<void> {
  const [command, ...rest] = process.argv.slice(2);
  // The wrapper of an OCI runtime has signals and an exit code of its own.
  if (command === "oci" && rest.includes("--")) return await (await import("@nri/runtime/wrapper")).main(rest);
  const ended = new AbortController();
  let signal: NodeJS.Signals | undefined;
  let ordersToEnd: readonly string[] = [];
  const onSignal = (received: NodeJS.Signals): void => {
    // Twice means at once.
    if (signal !== undefined) process.exit(130);
    signal = received;
    ended.abort(new Error(`ended by ${received}`));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  // A reader that has seen enough (`| head`) is no error of ours.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
  const host: Host = {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    readStdin,
    stdinLines: () => lines(process.stdin, ended.signal),
    signal: ended.signal,
    endsByItself: (signals) => {
      ordersToEnd = signals;
    },
    onHangup: (callback) => {
      process.on("SIGHUP", callback);
      return () => process.off("SIGHUP", callback);
    },
  };
  const code = await main(process.argv.slice(2), host);
  process.off("SIGINT", onSignal);
  process.off("SIGTERM", onSignal);
  // Ended by a signal: say so to whoever waits for us, as any program would.
  if (signal !== undefined && !ordersToEnd.includes(signal)) process.kill(process.pid, signal);
  process.exitCode = code;
}

function outputTo(stream: NodeJS.WriteStream): Output {
  return { write: (text) => void stream.write(text), isTerminal: stream.isTTY === true };
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

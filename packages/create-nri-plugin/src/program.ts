// The edge to the process: streams, exit code.
import { main } from "./main.js";

/** Runs the command of `process.argv` and sets the exit code. */
export async function run(): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(),
    print: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
    // Questions go to stderr: stdout is for the result.
    terminal:
      process.stdin.isTTY && process.stderr.isTTY ? { input: process.stdin, output: process.stderr } : undefined,
  });
}

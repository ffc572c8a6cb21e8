// Runs the program inside a test, or as a process of its own, and keeps what it writes.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { lines } from "./lines.js";
import { main } from "./main.js";

/** Where the misbehaving plugins are. */
export const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));
/** The committed program. */
const BIN = fileURLToPath(new URL("../bin/nri.js", import.meta.url));
/** The top folder. */
export const TOP = fileURLToPath(new URL("../../../", import.meta.url));

/** What a run left behind. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run is made. */
export interface RunOptions {
  readonly stdin?: string | Uint8Array;
  readonly env?: { readonly [name: string]: string };
  readonly terminal?: boolean;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Its event "hangup" stands for SIGHUP. */
  readonly hangup?: EventTarget;
}

/** Runs `nri` with these arguments in this process. */
export async function nri(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const isTerminal = options.terminal ?? false;
  const code = await main(args, {
    stdout: { write: (text) => void out.push(text), isTerminal },
    stderr: { write: (text) => void err.push(text), isTerminal },
    env: options.env ?? {},
    cwd: options.cwd ?? TOP,
    readStdin: async () => Buffer.from(options.stdin ?? ""),
    stdinLines: () => lines(Readable.from([Buffer.from(options.stdin ?? "")])),
    signal: options.signal ?? new AbortController().signal,
    endsByItself: () => undefined,
    onHangup: (callback) => {
      options.hangup?.addEventListener("hangup", callback);
      return () => options.hangup?.removeEventListener("hangup", callback);
    },
  });
  return { code, stdout: out.join(""), stderr: err.join("") };
}

/** Runs the real program; `onStart` gets its process id. */
export function nriProcess(
  args: readonly string[],
  { onStart, cwd = TOP, temporary }: { onStart?: (pid: number) => void; cwd?: string; temporary?: string } = {},
): Promise<Ran> {
  const env = temporary === undefined ? process.env : { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [BIN, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  if (child.pid !== undefined) onStart?.(child.pid);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ code, stdout: String(Buffer.concat(out)), stderr: String(Buffer.concat(err)) }),
    );
  });
}

/** A temporary folder with files in it, gone when disposed of. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "nri-cli-test-"));

  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array, mode = 0o644): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A manifest with containers of these names. */
export function manifest(...containers: readonly string[]): string {
  const list = containers.map(
    (name) => `  - {name: ${name}, image: busybox, command: [sleep], resources: {limits: {memory: 64Mi}}}\n`,
  );
  return `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n${list.join("")}`;
}

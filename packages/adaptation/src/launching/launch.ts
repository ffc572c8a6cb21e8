// Starts a plugin's program: our connection as its descriptor 3, three environment variables, and nothing else.
import type { ChildProcess } from "node:child_process";
import { Duplex, type Readable } from "node:stream";
import { PLUGIN_IDX_ENV, PLUGIN_NAME_ENV, PLUGIN_SOCKET_ENV, PLUGIN_SOCKET_FD } from "@nri/protocol";
import { type ByteStream, duplexStream } from "@nri/ttrpc";
import { AdaptationError, errorText, systemCode } from "../errors.js";
import type { AdaptationLimits } from "../limits.js";
import type { PluginExit } from "../observer.js";
import type { Guard } from "./guard.js";
import { OutputLines, ReadAllowance } from "./output.js";
import { ProcessGroup } from "./process-group.js";
import { readHead } from "./program-head.js";
import { spawnBare } from "./spawn.js";

/** A plugin to be started by us: its identity, its program and its configuration. */
export interface LaunchSpec {
  /** Two digits. */
  readonly index: string;
  /** Name without the index. */
  readonly name: string;
  /** Path of the program, or of a WebAssembly module; with a slash in it, since no PATH is searched. */
  readonly command: string;
  /** Arguments; discovered plugins get none, and a module takes none. */
  readonly args?: readonly string[] | undefined;
  /** Handed to the plugin with Configure, as it is. */
  readonly config?: string | undefined;
}

/** Takes the lines that a program prints. */
export interface OutputSink {
  /** Lines within the rate limit, and notes about those beyond it. */
  show(stream: "stdout" | "stderr", line: string): void;
  /** Every line. */
  keep(stream: "stdout" | "stderr", line: string): void;
}

/** A started program. */
export interface PluginProcess {
  /** The program and what it starts. */
  readonly group: ProcessGroup;
  /** Our end of its descriptor 3. */
  readonly stream: ByteStream;
  /** Resolves when the program has ended, was reaped, and its output is drained. */
  readonly exited: Promise<PluginExit>;
}

/** How long output is read on after the program ended: a grandchild may hold the pipes open for ever. */
const DRAIN_MS = 200;

const ERRNO_TEXT: { readonly [code: string]: string } = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  ELOOP: "too many levels of symbolic links",
  ENOTDIR: "not a directory",
  EISDIR: "is a directory",
  ETXTBSY: "is being written to",
  E2BIG: "arguments too long",
  EMFILE: "too many open files",
  EAGAIN: "no more processes",
  ENOMEM: "out of memory",
};

/**
 * Starts the program of a plugin. It gets an environment of exactly `NRI_PLUGIN_NAME`, `NRI_PLUGIN_IDX` and
 * `NRI_PLUGIN_SOCKET=3`, a connected socket as descriptor 3, no stdin, and pipes of ours as stdout and stderr; `sink`
 * gets what it prints. With a `guard` it leads a session and a process group of its own, which the guard ends if we die.
 * Throws `launch-failed`, naming the file and the cause.
 */
export async function launchPlugin(
  spec: LaunchSpec,
  limits: AdaptationLimits,
  sink: OutputSink,
  guard: Guard | undefined,
): Promise<PluginProcess> {
  const plugin = `${spec.index}-${spec.name}`;
  const refuse = (why: string, cause?: unknown): AdaptationError =>
    new AdaptationError("launch-failed", `plugin "${plugin}": cannot start ${spec.command}: ${why}`, { plugin, cause });
  if (!spec.command.includes("/")) {
    throw refuse("not a path (no PATH is searched)");
  }
  await checkFormat(spec.command, refuse);
  let child: ChildProcess;
  let group: ProcessGroup | undefined;
  try {
    const env = environmentOf(spec);
    const begun = guard?.begin(env);
    try {
      child = start(spec, env, guard !== undefined);
      if (child.pid !== undefined) {
        group = new ProcessGroup(child, child.pid, guard !== undefined);
        guard?.add(group);
      }
    } finally {
      begun?.();
    }
    await spawned(child);
  } catch (error) {
    guard?.settle();
    const code = systemCode(error) ?? "unknown";
    throw refuse(
      `${ERRNO_TEXT[code] ?? errorText(error)} (${code}${await interpreterHint(code, spec.command)})`,
      error,
    );
  }
  const socket = child.stdio[PLUGIN_SOCKET_FD];
  if (!(socket instanceof Duplex) || group === undefined) {
    throw refuse("no socket for descriptor 3"); // cannot happen with stdio as below
  }
  return { group, stream: duplexStream(socket), exited: watch(child, limits, sink) };
}

function environmentOf({ name, index }: LaunchSpec): { readonly [variable: string]: string } {
  return {
    [PLUGIN_NAME_ENV]: name,
    [PLUGIN_IDX_ENV]: index,
    [PLUGIN_SOCKET_ENV]: String(PLUGIN_SOCKET_FD),
  };
}

function start(spec: LaunchSpec, env: { readonly [variable: string]: string }, ownGroup: boolean): ChildProcess {
  return spawnBare({
    command: spec.command,
    args: spec.args ?? [],
    env,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    ownGroup,
  });
}

/** "exited with code 1", "was ended by SIGKILL". */
export function exitText(exit: PluginExit): string {
  return exit.signal === null ? `exited with code ${exit.code}` : `was ended by ${exit.signal}`;
}

function spawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
}

/**
 * The C library runs a file of unknown format as a shell script. The reference does not, and a stray data file with
 * execute bits must not be run line by line: only ELF programs and `#!` scripts are started (on Linux).
 */
async function checkFormat(path: string, refuse: (why: string, cause?: unknown) => AdaptationError): Promise<void> {
  if (process.platform !== "linux") {
    return;
  }
  let head: string;
  try {
    head = await readHead(path);
  } catch (error) {
    const code = systemCode(error) ?? "unknown";
    if (code === "EACCES" || code === "EPERM") {
      return; // a program may be executable without being readable
    }
    throw refuse(`${ERRNO_TEXT[code] ?? errorText(error)} (${code})`, error);
  }
  if (head.startsWith("\0asm")) {
    throw refuse("WebAssembly of another kind than a module (version 1)");
  }
  if (!head.startsWith("#!") && !head.startsWith("\x7fELF")) {
    throw refuse("neither a program nor a #! script (ENOEXEC)");
  }
}

/** A script that is there but "does not exist" lacks its interpreter. */
async function interpreterHint(code: string, path: string): Promise<string> {
  if (code !== "ENOENT") {
    return "";
  }
  const head = await readHead(path).catch(() => "");
  return head.startsWith("#!") ? ": the interpreter in its first line" : "";
}

/** Reads the output until the program has ended, then resolves. */
function watch(child: ChildProcess, limits: AdaptationLimits, sink: OutputSink): Promise<PluginExit> {
  const drained = Promise.all([
    drain(child.stdout, "stdout", limits, sink),
    drain(child.stderr, "stderr", limits, sink),
  ]);
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      child.stdout?.resume(); // what it wrote last is not much: a pipe holds little
      child.stderr?.resume();
      const timer = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, DRAIN_MS);
      void drained.then(() => {
        clearTimeout(timer);
        resolve({ code, signal });
      });
    });
  });
}

function drain(
  readable: Readable | null,
  stream: "stdout" | "stderr",
  limits: AdaptationLimits,
  sink: OutputSink,
): Promise<void> {
  if (readable === null) {
    return Promise.resolve();
  }
  const lines = new OutputLines(
    limits,
    (line) => sink.show(stream, line),
    (line) => sink.keep(stream, line),
  );
  const allowance = new ReadAllowance(limits);
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    readable.on("data", (chunk: Buffer) => {
      const wait = allowance.read(lines.push(chunk), chunk.length);
      if (wait > 0) {
        readable.pause();
        timer = setTimeout(() => readable.resume(), wait).unref();
      }
    });
    readable.once("error", () => readable.destroy()); // a reset pipe is an ended one
    readable.once("close", () => {
      clearTimeout(timer);
      lines.end();
      resolve();
    });
  });
}

// The carrier for the shell script, which has no sockets: FIFOs and files in the daemon's own folder. N is the script's
// process id; the daemon opens names made of digits only, and only there.
//
//   script                                     daemon
//   N.ask: question, written as a file
//   makes N.answer, N.lease; opens both
//   door        <- "N\n"                       opens all three, removes their names
//               N.payload, for replace
//               N.answer -> one line, tabs between: "pass|follow|replace end", or "refuse TEXT TEXT-AS-JSON TIME end"
//                                              (open as long as the lease: the script sees the daemon die)
//   calls the real runtime
//   N.lease     <- "done CODE PID\n"; closed   (closed without it: dropped)
//                                              removes N.payload
//
// The script holds N.lease open and lets no child have it, so its end is the end of the lease, however it comes.
import { execFile } from "node:child_process";
import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import type { Logger } from "@nri/adaptation";
import { errorText, systemCode } from "../error-text.js";
import type { Answer } from "../lease.js";
import { processBeginning } from "../process-beginning.js";
import type { LeaseDesk, OpenLease } from "./desk.js";
import { type Question, readDone, readQuestion } from "./question.js";
import { logTime, oneLine } from "./refusal.js";

const run = promisify(execFile);

/** Bytes of the words before the payload, and of what the script may write into its lease. */
const MAX_WORDS_BYTES = 32 * 1024;
const MAX_DONE_BYTES = 64;
const MAX_RING_BYTES = 20;
/** Files without a script are removed when they are as old: a script may be about to make its FIFOs. */
const LEFTOVER_MS = 10_000;

const OF_A_CALL = /^(\d{1,10})\.(ask|answer|lease|payload|resources)$/;

/** The FIFO carrier at work. */
export class Door {
  readonly #calls = new Set<ScriptCall>();
  readonly #taken = new Set<string>();
  readonly #door: Socket;
  readonly #sweeping: NodeJS.Timeout;
  #pending = "";

  private constructor(
    readonly folder: string,
    readonly desk: LeaseDesk,
    readonly log: Logger | undefined,
    fd: number,
  ) {
    this.#door = new Socket({ fd, readable: true, writable: false });
    this.#door.on("data", (chunk) => this.#rung(chunk.toString("latin1")));
    this.#door.on("error", (error) => log?.error(`the wrapper's door cannot be read: ${errorText(error)}`));
    this.#sweeping = setInterval(() => void this.#look(), desk.limits.sweepMs).unref();
  }

  /** Opens the door in a folder that is ours, and answers scripts that wait already. */
  static async open(folder: string, desk: LeaseDesk, log: Logger | undefined): Promise<Door> {
    const path = join(folder, "door");
    // Node.js cannot make a FIFO. One that is there already stays: a script may hold it.
    if (!(await isFifo(path))) await run("mkfifo", ["-m", "600", path]);
    // Read and write: without writers there is no end of file then.
    const door = new Door(folder, desk, log, openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
    await announce(join(folder, "daemon.pid"));
    await door.#look();
    return door;
  }

  /** Hears no more scripts. Those that wait for an answer see that nobody is there. */
  async close(): Promise<void> {
    clearInterval(this.#sweeping);
    await rm(join(this.folder, "daemon.pid"), { force: true });
    this.#door.destroy();
    for (const call of this.#calls) call.close();
  }

  #rung(text: string): void {
    const lines = (this.#pending + text).split("\n");
    this.#pending = (lines.pop() ?? "").slice(-MAX_RING_BYTES);
    for (const line of lines) if (/^\d{1,10}$/.test(line)) void this.#take(line);
  }

  /** Takes the call of script N. False when there is no script that waits. */
  async #take(n: string): Promise<boolean> {
    if (this.#taken.has(n)) return true;
    this.#taken.add(n);
    try {
      const call = ScriptCall.open(join(this.folder, n), this.desk, this.log);
      if (call === undefined) return false;
      this.#calls.add(call);
      void call.ended.then(() => this.#calls.delete(call));
      await call.begin();
      return true;
    } catch (error) {
      this.log?.error(`the wrapper of process ${n} cannot be heard: ${errorText(error)}`);
      return true;
    } finally {
      this.#taken.delete(n);
    }
  }

  /** Answers scripts that nobody took, and removes what killed ones left. */
  async #look(): Promise<void> {
    try {
      const held = new Set([...this.#calls].map((call) => call.name));
      for (const name of await readdir(this.folder)) {
        const [, n, what] = OF_A_CALL.exec(name) ?? [];
        if (n === undefined) continue;
        const path = join(this.folder, name);
        if (held.has(join(this.folder, n))) continue;
        if (what === "lease" && (await this.#take(n))) continue;
        if (await isOlder(path, LEFTOVER_MS)) await rm(path, { force: true });
      }
    } catch (error) {
      this.log?.error(`"${this.folder}" cannot be looked through: ${errorText(error)}`);
    }
  }
}

/** One script's call. */
class ScriptCall {
  readonly ended: Promise<void>;
  #end!: () => void;
  #lease: OpenLease | undefined;
  #done = "";
  #gone = false;
  readonly #leaseFifo: Socket;
  readonly #answerFifo: Socket;

  private constructor(
    readonly name: string,
    readonly desk: LeaseDesk,
    readonly log: Logger | undefined,
    leaseFd: number,
    answerFd: number,
  ) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#answerFifo = new Socket({ fd: answerFd, readable: false, writable: true });
    this.#answerFifo.on("error", (error) => log?.debug(`${name}: the wrapper does not read: ${errorText(error)}`));
    this.#leaseFifo = new Socket({ fd: leaseFd, readable: true, writable: false });
    this.#leaseFifo.on("data", (chunk) => {
      this.#done = (this.#done + chunk.toString("latin1")).slice(-MAX_DONE_BYTES);
    });
    this.#leaseFifo.on("error", (error) => log?.debug(`${name}: ${errorText(error)}`));
    this.#leaseFifo.on("close", () => void this.#over());
  }

  /** Opens both FIFOs. Undefined when no script holds them. */
  static open(name: string, desk: LeaseDesk, log: Logger | undefined): ScriptCall | undefined {
    const answer = openFifo(`${name}.answer`, constants.O_WRONLY);
    if (answer === undefined) return undefined;
    const lease = openFifo(`${name}.lease`, constants.O_RDONLY);
    if (lease !== undefined) return new ScriptCall(name, desk, log, lease, answer);
    closeSync(answer);
    return undefined;
  }

  /** Reads the question and opens the lease. */
  async begin(): Promise<void> {
    const tell = (answer: Answer): void => void this.#tell(answer);
    try {
      const question = await this.#question();
      // The end of an earlier call has been written before this one was: it is to be heard before as well.
      await setImmediate();
      if (this.#gone) return;
      this.#lease = this.desk.take(question.call, question.payload, tell);
    } catch (error) {
      this.log?.error(`the wrapper of ${this.name}: ${errorText(error)}`);
      await this.#tell({ kind: "refuse", text: `NRI: ${errorText(error)}` });
    }
  }

  close(): void {
    this.#answerFifo.destroy();
    this.#leaseFifo.destroy();
  }

  /** Reads the question; the names are of no use any more. */
  async #question(): Promise<Question> {
    const most = MAX_WORDS_BYTES + this.desk.limits.maxSpecBytes + 1;
    const file = await open(`${this.name}.ask`, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error("its question is no file");
      if (found.size > most) throw new Error(`its config.json has more than ${this.desk.limits.maxSpecBytes} bytes`);
      return readQuestion(await file.readFile());
    } finally {
      await file.close();
      await Promise.all(["ask", "answer", "lease"].map((what) => rm(`${this.name}.${what}`, { force: true })));
    }
  }

  async #tell(answer: Answer): Promise<void> {
    try {
      if (answer.kind === "replace") await writeFile(`${this.name}.payload`, answer.payload, { mode: 0o600 });
      this.#answerFifo.write(answerText(answer, this.desk.limits.maxTextBytes));
    } catch (error) {
      this.log?.error(`the answer for the wrapper of ${this.name} cannot be written: ${errorText(error)}`);
      // Without an answer the script refuses, and its lease drops.
      this.#answerFifo.destroy();
    }
  }

  async #over(): Promise<void> {
    this.#gone = true;
    this.#answerFifo.destroy();
    this.#lease?.end(readDone(this.#done));
    try {
      await Promise.all(["payload", "resources"].map((what) => rm(`${this.name}.${what}`, { force: true })));
    } catch (error) {
      this.log?.warn(`what the wrapper of ${this.name} left stays: ${errorText(error)}`);
    } finally {
      this.#end();
    }
  }
}

function answerText(answer: Answer, maxBytes: number): string {
  if (answer.kind !== "refuse") return `${answer.kind}\tend\n`;
  const text = oneLine(answer.text, maxBytes);
  return `${["refuse", text, JSON.stringify(text), logTime(new Date()), "end"].join("\t")}\n`;
}

/** Writes who the daemon is: its process, and when that began. */
async function announce(path: string): Promise<void> {
  const begun = processBeginning(process.pid);
  if (begun === undefined)
    throw new Error("/proc does not show this process: wrappers could not tell whether it lives");
  const half = `${path}.new`;
  await writeFile(half, `${process.pid} ${begun}\n`, { mode: 0o600 });
  await rename(half, path);
}

/** Opens a FIFO of ours without waiting for its other end. Undefined when it is not there, or nobody holds its other end. */
function openFifo(path: string, mode: number): number | undefined {
  let fd: number;
  try {
    fd = openSync(path, mode | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT" || code === "ENXIO") return undefined;
    throw error;
  }
  if (fstatSync(fd).isFIFO()) return fd;
  closeSync(fd);
  throw new Error(`"${path}" is no FIFO`);
}

async function isFifo(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isFIFO()) return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
  throw new Error(`"${path}" is there and is no FIFO; it was left alone`);
}

async function isOlder(path: string, ms: number): Promise<boolean> {
  try {
    return Date.now() - (await stat(path)).mtimeMs > ms;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

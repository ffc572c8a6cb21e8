// What a module may ask of the system (WASI preview 1): clocks, random numbers, and an output that we read. No files, no
// environment, no arguments, no input.
import { WASI } from "node:wasi";

/** The module has ended itself. */
export class ModuleExit {
  readonly code: number;

  constructor(code: number) {
    this.code = code;
  }
}

/** Takes what the module writes; the bytes are its memory, and valid during the call only. */
export type Write = (stream: "stdout" | "stderr", bytes: Uint8Array) => void;

/** Name of the functions among a module's imports. */
export const SYSTEM = "wasi_snapshot_preview1";

const SUCCESS = 0;
const BAD_DESCRIPTOR = 8;
const INVALID = 28;
const OUT_OF_RANGE = 61;
const CHARACTER_DEVICE = 2;
const STREAMS: readonly (Parameters<Write>[0] | "stdin")[] = ["stdin", "stdout", "stderr"];

/**
 * The functions, by name, and what to call with the module's memory before the first of them is called. Clocks, random
 * numbers and the empty arguments and environment are those of `node:wasi`. Its descriptors 0 to 2 are those of our
 * process, to close or to cut short as well, so that everything about descriptors is here; so is waiting, since it waits
 * where nobody can end it, and exiting, since what it throws is its own affair.
 */
export function systemFunctions(write: Write): {
  readonly functions: WebAssembly.ModuleImports;
  readonly begin: (memory: WebAssembly.Memory) => void;
} {
  const wasi = new WASI({ version: "preview1", args: [], env: {}, preopens: {} });
  let memory: WebAssembly.Memory | undefined;
  const view = (): DataView => new DataView((memory as WebAssembly.Memory).buffer);
  const functions: Record<string, WebAssembly.Import> = {};
  for (const [name, given] of Object.entries(wasi.getImportObject() as Record<string, WebAssembly.ModuleImports>)) {
    if (name === SYSTEM) {
      for (const [name, call] of Object.entries(given)) {
        functions[name] = /^(fd|path|sock)_/.test(name) ? () => BAD_DESCRIPTOR : call;
      }
    }
  }
  const onStream = (descriptor: number): number => (STREAMS[descriptor] === undefined ? BAD_DESCRIPTOR : SUCCESS);
  Object.assign(functions, {
    fd_close: onStream,
    fd_fdstat_set_flags: onStream,
    fd_fdstat_get: inMemory((descriptor, status) => {
      if (STREAMS[descriptor] !== undefined) {
        const bytes = view();
        new Uint8Array(bytes.buffer, status, DESCRIPTOR_STATUS_BYTES).fill(0);
        bytes.setUint8(status, CHARACTER_DEVICE);
      }
      return onStream(descriptor);
    }),
    fd_read: inMemory((descriptor, _vectors, _count, read) => {
      if (STREAMS[descriptor] !== "stdin") {
        return BAD_DESCRIPTOR;
      }
      view().setUint32(read, 0, true);
      return SUCCESS;
    }),
    fd_write: inMemory((descriptor, vectors, count, written) => {
      const stream = STREAMS[descriptor];
      if (stream === undefined || stream === "stdin") {
        return BAD_DESCRIPTOR;
      }
      const bytes = view();
      let sum = 0;
      for (let i = 0; i < count; i++) {
        const vector = vectors + 8 * i;
        const length = bytes.getUint32(vector + 4, true);
        write(stream, new Uint8Array(bytes.buffer, bytes.getUint32(vector, true), length));
        sum += length;
      }
      bytes.setUint32(written, sum, true);
      return SUCCESS;
    }),
    poll_oneoff: inMemory((subscriptions, events, count, ready) =>
      count === 0 ? INVALID : poll(view(), subscriptions, events, count, ready),
    ),
    proc_exit: (code: number) => {
      throw new ModuleExit(code >>> 0);
    },
  });
  return {
    functions,
    begin: (given) => {
      memory = given;
      wasi.initialize({ exports: { memory } });
    },
  };
}

/** A function whose arguments are unsigned, and which says so when one points beyond the memory. */
function inMemory(
  call: (a: number, b: number, c: number, d: number) => number,
): (a: number, b: number, c: number, d: number) => number {
  return (a, b, c, d) => {
    try {
      return call(a >>> 0, b >>> 0, c >>> 0, d >>> 0);
    } catch (error) {
      if (error instanceof RangeError) {
        return OUT_OF_RANGE;
      }
      throw error;
    }
  };
}

const DESCRIPTOR_STATUS_BYTES = 24;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const CLOCK = 0;
const REALTIME = 0;
const MONOTONIC = 1;
const ABSOLUTE = 1;

/** Waits for the first of several clocks. Reading and writing makes nobody wait. */
function poll(view: DataView, subscriptions: number, events: number, count: number, ready: number): number {
  const waits: { readonly start: number; readonly tag: number; readonly ms: number }[] = [];
  for (let i = 0; i < count; i++) {
    const start = subscriptions + SUBSCRIPTION_BYTES * i;
    const tag = view.getUint8(start + 8);
    waits.push({ start, tag, ms: tag === CLOCK ? clockWait(view, start + 16) : 0 });
  }
  const ms = waits.reduce((least, wait) => Math.min(least, wait.ms), Number.POSITIVE_INFINITY);
  if (ms > 0) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); // the end of the thread ends it, too
  }
  const over = waits.filter((wait) => wait.ms <= ms);
  for (const [i, { start, tag }] of over.entries()) {
    const event = events + EVENT_BYTES * i;
    new Uint8Array(view.buffer, event, EVENT_BYTES).fill(0);
    view.setBigUint64(event, view.getBigUint64(start, true), true);
    view.setUint8(event + 10, tag);
  }
  view.setUint32(ready, over.length, true);
  return SUCCESS;
}

/** Milliseconds until the time of a clock subscription. */
function clockWait(view: DataView, start: number): number {
  const clock = view.getUint32(start, true);
  const nanoseconds = view.getBigUint64(start + 8, true);
  const absolute = (view.getUint16(start + 24, true) & ABSOLUTE) !== 0;
  if (!absolute) {
    return Number(nanoseconds) / 1e6;
  }
  const now =
    clock === REALTIME ? BigInt(Date.now()) * 1_000_000n : clock === MONOTONIC ? process.hrtime.bigint() : nanoseconds;
  return Math.max(0, Number(nanoseconds - now) / 1e6);
}

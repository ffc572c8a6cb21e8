// One module in the thread that is its own: loaded, checked, and called (spec: adaptation 9).
import { LogRequest, LogRequest_Level } from "@nri/protocol";
import type { LogLevel } from "../observer.js";
import { bounded } from "./bounds.js";
import { API_VERSION, answerOf, exportOf, MODULE_CALLS } from "./convention.js";
import { ModuleExit, SYSTEM, systemFunctions, type Write } from "./system.js";

/** What a module may take. */
export interface ModuleLimits {
  /** Bytes of memory. */
  readonly maxWasmMemoryBytes: number;
  /** Bytes of one answer. */
  readonly maxWasmAnswerBytes: number;
}

/** Takes what the module says. The bytes are valid during the call only. */
export interface ModuleOutput {
  readonly write: Write;
  readonly log: (level: LogLevel, text: string) => void;
}

/** What the plugin itself gave as an error. */
export class AnsweredError extends Error {}

const LEVELS: { readonly [level: number]: LogLevel } = {
  [LogRequest_Level.LEVEL_INFO]: "info",
  [LogRequest_Level.LEVEL_WARN]: "warn",
  [LogRequest_Level.LEVEL_ERROR]: "error",
};

/** Bytes of one LogRequest; of a line that is shown there may be far fewer. */
const MAX_LOG_BYTES = 1024 * 1024;

type Exported = (...args: number[]) => unknown;

/** A module that can be called. */
export class LoadedModule {
  readonly #calls = new Map<string, Exported>();
  readonly #memory: WebAssembly.Memory;
  readonly #malloc: Exported;
  readonly #free: Exported;
  readonly #limits: ModuleLimits;
  readonly #output: ModuleOutput;

  /**
   * Compiles a module, runs its `_initialize`, and checks its version and exports. Throws what is wrong in the words of the
   * reference, and `ModuleExit` when it ends itself.
   */
  constructor(bytes: Uint8Array, limits: ModuleLimits, output: ModuleOutput) {
    this.#limits = limits;
    this.#output = output;
    let memory: WebAssembly.Memory | undefined;
    const system = systemFunctions(output.write);
    const imports: WebAssembly.Imports = {
      [SYSTEM]: system.functions,
      env: {
        log: (offset: number, size: number): bigint => {
          const request = readMemory(memory, offset >>> 0, size >>> 0);
          if (request.length > MAX_LOG_BYTES) {
            // As a text it might not fit in the thread's heap, and that ends more than the thread.
            output.log("warn", `a log request of ${request.length} bytes, more than the maximum of ${MAX_LOG_BYTES}`);
            return 0n;
          }
          const { msg, level } = LogRequest.decode(request);
          output.log(LEVELS[level] ?? "debug", msg);
          return 0n; // an empty message
        },
      },
    };
    const module = new WebAssembly.Module(bounded(bytes, limits.maxWasmMemoryBytes));
    checkImports(module, imports);
    const { exports } = new WebAssembly.Instance(module, imports);
    if (!(exports.memory instanceof WebAssembly.Memory)) {
      throw new Error("memory is not exported");
    }
    memory = exports.memory;
    this.#memory = memory;
    system.begin(memory);
    if (typeof exports._initialize === "function") {
      run(exports._initialize as Exported);
    }
    checkVersion(exports.plugin_api_version);
    const need = (name: string): Exported => {
      const found = exports[name];
      if (typeof found !== "function") {
        throw new Error(`${name} is not exported`);
      }
      return found as Exported;
    };
    for (const call of MODULE_CALLS) {
      this.#calls.set(call, need(exportOf(call)));
    }
    this.#malloc = need("malloc");
    this.#free = need("free");
  }

  /**
   * Calls the module and gives a copy of its answer. Throws an `AnsweredError` for what the plugin answers as an error, a
   * `ModuleExit` when it ends itself, any other error when it breaks: what it does then is up to the module.
   */
  call(name: string, request: Uint8Array): Uint8Array {
    const call = this.#calls.get(name);
    if (call === undefined) {
      throw new Error(`${name} is no call of a plugin`);
    }
    let input = 0;
    if (request.length > 0) {
      input = this.#pointer(run(this.#malloc, request.length), "malloc");
      if (input === 0) {
        throw new Error(`malloc(${request.length}) gave no memory`);
      }
    }
    return this.#freeing(input, () => {
      if (request.length > 0) {
        // Looked at anew each time: where the memory is changes when it grows.
        const { buffer } = this.#memory;
        if (input + request.length > buffer.byteLength) {
          const where = `Memory.Write(${input}, ${request.length})`;
          throw new Error(`${where} out of range of memory size ${buffer.byteLength}`);
        }
        new Uint8Array(buffer).set(request, input);
      }
      return this.#answer(name, run(call, input, request.length));
    });
  }

  #answer(name: string, result: unknown): Uint8Array {
    if (typeof result !== "bigint") {
      throw new Error(`invalid ${exportOf(name)} signature`);
    }
    const { pointer, size, failed } = answerOf(result);
    return this.#freeing(pointer, () => {
      const { maxWasmAnswerBytes } = this.#limits;
      if (size > maxWasmAnswerBytes) {
        const most = `more than the maximum of ${maxWasmAnswerBytes} (maxWasmAnswerBytes)`;
        throw new Error(`the answer takes ${size} bytes, ${most}`);
      }
      const { buffer } = this.#memory;
      if (pointer + size > buffer.byteLength) {
        throw new Error(`Memory.Read(${pointer}, ${size}) out of range of memory size ${buffer.byteLength}`);
      }
      const bytes = new Uint8Array(buffer, pointer, size).slice();
      if (failed) {
        throw new AnsweredError(new TextDecoder().decode(bytes));
      }
      return bytes;
    });
  }

  /** Gives memory back to the module after its use. What goes wrong with that changes no answer, as in the reference. */
  #freeing<T>(pointer: number, use: () => T): T {
    let ended = false;
    try {
      return use();
    } catch (error) {
      ended = error instanceof ModuleExit;
      throw error;
    } finally {
      if (pointer !== 0 && !ended) {
        try {
          run(this.#free, pointer);
        } catch (error) {
          this.#output.log(
            "warn",
            `free(${pointer}): ${error instanceof Error ? error.message : "the module has ended"}`,
          );
        }
      }
    }
  }

  #pointer(value: unknown, name: string): number {
    if (typeof value !== "number") {
      throw new Error(`invalid ${name} signature`);
    }
    return value >>> 0;
  }
}

function readMemory(memory: WebAssembly.Memory | undefined, offset: number, size: number): Uint8Array {
  const bytes = memory?.buffer.byteLength ?? 0;
  if (memory === undefined || offset + size > bytes) {
    throw new Error(`Memory.Read(${offset}, ${size}) out of range`);
  }
  return new Uint8Array(memory.buffer, offset, size);
}

/** The engine's own text would name a number in place of the import. */
function checkImports(module: WebAssembly.Module, known: WebAssembly.Imports): void {
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const functions = Object.hasOwn(known, from) ? known[from] : undefined;
    if (functions === undefined) {
      throw new Error(`module[${from}] not instantiated`);
    }
    if (!Object.hasOwn(functions, name)) {
      throw new Error(`"${name}" is not exported in module "${from}"`);
    }
  }
}

function checkVersion(version: WebAssembly.ExportValue | undefined): void {
  if (typeof version !== "function") {
    throw new Error("plugin_api_version is not exported");
  }
  const given = version.length === 0 ? run(version as Exported) : undefined;
  if (typeof given !== "bigint" && typeof given !== "number") {
    throw new Error("invalid plugin_api_version signature");
  }
  if (Number(given) !== API_VERSION) {
    const shown = typeof given === "bigint" ? BigInt.asUintN(64, given) : given;
    throw new Error(`API version mismatch, host: ${API_VERSION}, plugin: ${shown}`);
  }
}

/** What the engine calls a trap, in the reference's words where they differ. */
const TRAPS: readonly (readonly [ours: RegExp, theirs: string])[] = [
  [/^memory access out of bounds/, "out of bounds memory access"],
  [/^divide by zero|^remainder by zero/, "integer divide by zero"],
  [/^divide result unrepresentable/, "integer overflow"],
  [/^float unrepresentable/, "integer overflow"],
  [/^table index is out of bounds/, "invalid table access"],
  [/^null function or function signature/, "indirect call type mismatch"],
];

/** Calls into the module. A trap is an error of its own kind. */
function run(call: Exported, ...args: number[]): unknown {
  try {
    return call(...args);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      const { message } = error;
      const trap = TRAPS.find(([ours]) => ours.test(message))?.[1] ?? message;
      throw new Error(`wasm error: ${trap}`, { cause: error });
    }
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw new Error("wasm error: stack overflow", { cause: error });
    }
    throw error;
  }
}

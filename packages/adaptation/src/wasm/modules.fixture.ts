// WebAssembly modules for tests: written as text, with the calls that a test is about in its own words.
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ConfigureResponse } from "@nri/protocol";
import wabt from "wabt";
import { type Lab, type LabOptions, startLab } from "../lab.fixture.js";
import { exportOf, MODULE_CALLS } from "./convention.js";

/** What differs from a module that does everything right and answers nothing. All of it is WebAssembly text. */
export interface ModuleText {
  /** Bodies of calls by RPC name: `$pointer` and `$size` come in, an i64 goes out. `undefined` leaves the export out. */
  readonly calls?: { readonly [call: string]: string | undefined };
  /** Body of `_initialize`; there is none when absent. */
  readonly initialize?: string;
  /** Body of `malloc`, with `$size`. */
  readonly malloc?: string;
  /** Body of `free`, with `$pointer`. */
  readonly free?: string;
  /** Imports, data, functions and exports besides. */
  readonly more?: string;
  readonly memory?: string;
  readonly version?: string;
  /** Events to subscribe to; all when absent. */
  readonly events?: number;
}

/** Where a module keeps what it answers: below what `malloc` gives out. */
export const DATA_AT = 1024;

/** An answer: what is at `pointer`. */
export function answer(pointer: number, size: number, failed = false): string {
  return `(i64.const ${(BigInt(pointer) << 32n) | BigInt(size) | (failed ? 1n << 31n : 0n)})`;
}

/** Bytes in the module's memory. */
export function data(pointer: number, bytes: Uint8Array | string): string {
  const escaped = [...Buffer.from(bytes)].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  return `(data (i32.const ${pointer}) "${escaped}")`;
}

/** Declares the host function `$log`. */
export const LOG = '\n(import "env" "log" (func $log (param i32 i32) (result i64)))\n';

/** Never ends. */
export const LOOP = "(loop $for-ever (br $for-ever))";

const BUMP = `(local $at i32)
  (local.set $at (global.get $next))
  (global.set $next (i32.add (global.get $next) (i32.and (i32.add (local.get $size) (i32.const 7)) (i32.const -8))))
  (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536)))
    (then (drop (memory.grow (i32.add (i32.shr_u (local.get $size) (i32.const 16)) (i32.const 1))))))
  (local.get $at)`;

/** The module as text. */
export function moduleText(module: ModuleText): string {
  const { calls = {}, initialize, malloc = BUMP, free = "", more = "", memory = "1", version = "i64", events } = module;
  const configured = ConfigureResponse.encode({ events: events ?? 0 });
  const bodies: { readonly [call: string]: string | undefined } =
    events === undefined ? calls : { Configure: answer(512, configured.length), ...calls };
  const exports = MODULE_CALLS.map((call) => {
    const body = Object.hasOwn(bodies, call) ? bodies[call] : "(i64.const 0)";
    const head = `(func (export "${exportOf(call)}") (param $pointer i32) (param $size i32) (result i64)`;
    return body === undefined ? "" : `${head} ${body})`;
  });
  // Imports come first in a module.
  const imports = more.match(/^\s*\(import [^\n]*$/gm)?.join("\n") ?? "";
  return `(module ${imports}
    (memory (export "memory") ${memory})
    (global $next (mut i32) (i32.const 4096))
    ${data(512, configured)}
    (func (export "plugin_api_version") (result ${version}) (${version}.const 1))
    ${malloc === "" ? "" : `(func (export "malloc") (param $size i32) (result i32) ${malloc})`}
    (func (export "free") (param $pointer i32) ${free})
    ${initialize === undefined ? "" : `(func (export "_initialize") ${initialize})`}
    ${exports.join("\n")}
    ${more.replaceAll(/^\s*\(import [^\n]*$/gm, "")})`;
}

/** Text as a module. */
export async function compiled(text: string): Promise<Uint8Array> {
  const module = (await wabt()).parseWat("module.wat", text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** A directory with these modules as plugins, by file name. */
export async function pluginsIn(
  dir: string,
  modules: { readonly [file: string]: ModuleText | Uint8Array },
): Promise<{ readonly pluginDir: string }> {
  const pluginDir = join(dir, "plugins");
  await mkdir(pluginDir);
  for (const [file, module] of Object.entries(modules)) {
    const bytes = module instanceof Uint8Array ? module : await compiled(moduleText(module));
    await writeFile(join(pluginDir, file), bytes);
    await chmod(join(pluginDir, file), 0o755);
  }
  return { pluginDir };
}

/** A lab whose plugins are these modules, by file name. */
export function wasmLab(
  modules: { readonly [file: string]: ModuleText | Uint8Array },
  options: LabOptions = {},
): Promise<Lab> {
  return startLab({
    socketPath: undefined,
    registrationTimeoutMs: 20_000,
    prepare: (dir) => pluginsIn(dir, modules),
    ...options,
  });
}

// The modules of the tests: one on the reference's SDK in Go, those in AssemblyScript, and faulty ones written as text.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ConfigureResponse, EVENT_NAMES, EVENTS } from "@nri/protocol";
import asc from "assemblyscript/asc";
import wabt from "wabt";
import { cacheDir, conformanceDir, repositoryDir } from "../paths.js";
import { output } from "../peers/child.js";
import { type Availability, available } from "../requirements.js";

const goSource = join(conformanceDir, "wasm/go");

/** Path of the module in Go, built when needed into conformance/.cache/wasm. Missing where Go is. */
export async function goModule(): Promise<Availability<string>> {
  return await available("Go module", async () => {
    const hash = createHash("sha256").update(await output("go", ["env", "GOVERSION"]));
    for (const file of readdirSync(goSource).sort())
      hash.update(`${file}\0`).update(readFileSync(join(goSource, file)));
    const path = join(cacheDir, "wasm", `${hash.digest("hex").slice(0, 16)}.wasm`);
    if (existsSync(path)) return path;
    mkdirSync(join(cacheDir, "wasm"), { recursive: true });
    const flags = ["-trimpath", "-mod=readonly", "-ldflags=-s -w", "-buildmode=c-shared"];
    await output("go", ["build", ...flags, "-o", path, "."], {
      cwd: goSource,
      env: { ...process.env, GOOS: "wasip1", GOARCH: "wasm" },
    });
    return path;
  });
}

/** The sample plugin in AssemblyScript, as `npm run build` has made it. */
export const samplePath = join(repositoryDir, "plugins/dist/wasm/wasm.wasm");

/** The example of docs/wasm-plugins.md in AssemblyScript, with the calls that it leaves out from the sample. */
export function exampleSource(): string {
  const page = readFileSync(join(repositoryDir, "docs/wasm-plugins.md"), "utf8");
  const example = /```ts\n(import .*?)```/s.exec(page)?.[1];
  if (example === undefined) throw new Error("docs/wasm-plugins.md has no example");
  const sample = readFileSync(join(repositoryDir, "plugins/wasm/assembly/plugin.ts"), "utf8");
  const rest = [...sample.matchAll(/^export function (plugin_\w+)\(.*\{$/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => !example.includes(`function ${name}(`))
    .map((name) => `export function ${name}(_pointer: usize, _size: usize): u64 { return NOTHING; }`);
  return [example, ...rest].join("\n");
}

/** Compiles a plugin in AssemblyScript that uses the sample's glue. Throws what the compiler says. */
export async function compileAssembly(source: string): Promise<Uint8Array> {
  let made: Uint8Array | undefined;
  const folder = "plugins/wasm/assembly/";
  const { error, stderr } = await asc.main(
    [`${folder}example.ts`, "--outFile", "example.wasm", "--use", `abort=${folder}nri/broken`],
    {
      readFile: (name) => {
        if (name === `${folder}example.ts`) return source;
        const path = join(repositoryDir, name);
        return existsSync(path) ? readFileSync(path, "utf8") : null;
      },
      writeFile: (_name, contents) => {
        made = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (made === undefined) throw new Error(`${error?.message}\n${stderr}`);
  return made;
}

/** What is special about a faulty module: WebAssembly text. */
export interface Faulty {
  /** Events that it is subscribed to; all when absent. */
  readonly events?: number;
  /** Bodies of calls by RPC name. */
  readonly calls?: { readonly [call: string]: string };
  readonly initialize?: string;
  readonly malloc?: string;
  /** Imports, one on a line. */
  readonly imports?: string;
  readonly data?: string;
  /** Changes the whole text. */
  readonly edit?: (text: string) => string;
}

const CALLS = [...EVENT_NAMES.map((name) => EVENTS[name].name), "Configure", "Synchronize", "Shutdown", "StateChange"];

/** A module that answers nothing, but for what is special about it. */
export async function faultyModule({ edit = (text) => text, ...faulty }: Faulty): Promise<Uint8Array> {
  const configured = ConfigureResponse.encode({ events: faulty.events ?? 0 });
  const bodies: { readonly [call: string]: string } = {
    Configure: `(i64.const ${(1024n << 32n) | BigInt(configured.length)})`,
    ...faulty.calls,
  };
  const calls = CALLS.map((call) => {
    const name = `plugin${call.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    return `(func (export "${name}") (param $pointer i32) (param $size i32) (result i64) ${bodies[call] ?? "(i64.const 0)"})`;
  });
  const bytes = [...configured].map((byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  const text = `(module ${faulty.imports ?? ""}
    (memory (export "memory") 1)
    (global $asked (mut i32) (i32.const 0))
    (data (i32.const 1024) "${bytes}") ${faulty.data ?? ""}
    (func (export "plugin_api_version") (result i64) (i64.const 1))
    (func (export "malloc") (param $size i32) (result i32) ${faulty.malloc ?? "(i32.const 4096)"})
    (func (export "free") (param $pointer i32))
    ${faulty.initialize === undefined ? "" : `(func (export "_initialize") ${faulty.initialize})`}
    ${calls.join("\n")})`;
  const module = (await wabt()).parseWat("faulty.wat", edit(text));
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

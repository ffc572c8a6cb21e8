// What a plugin's file is, by its first bytes.
import { open } from "node:fs/promises";

/** What begins a WebAssembly module: magic and version (spec: adaptation 9). */
const WASM_MODULE = "\0asm\x01\0\0\0";

/** The first eight bytes of a file, as characters; fewer when it is shorter. */
export async function readHead(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(WASM_MODULE.length);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Whether a file is a WebAssembly module. What cannot be read is a program: it may be executable all the same. */
export async function isWasmModule(path: string): Promise<boolean> {
  return (await readHead(path).catch(() => "")) === WASM_MODULE;
}

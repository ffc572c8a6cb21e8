// The configuration file from the disk.
import { open } from "node:fs/promises";
import { fileProblem } from "../file-problem.js";
import { LIMITS } from "../limits.js";
import { ConfigError } from "./config-error.js";
import { type Config, readConfig } from "./read.js";

/** Where the configuration is, unless told otherwise. */
export const DEFAULT_CONFIG_FILE = "/etc/nri-bridge/config.toml";

/**
 * Reads and checks a configuration file; `name` is what messages call it. Throws `ConfigError` for all that is wrong, the file
 * itself included.
 */
export async function loadConfig(file: string, name = file): Promise<Config> {
  let bytes: Uint8Array;
  try {
    bytes = await readStart(file, LIMITS.config.maxBytes + 1);
  } catch (error) {
    throw new ConfigError(name, [{ line: 0, text: fileProblem(error) }], { cause: error });
  }
  if (bytes.length > LIMITS.config.maxBytes) {
    throw new ConfigError(name, [{ line: 0, text: `is longer than ${LIMITS.config.maxBytes} bytes` }]);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ConfigError(name, [{ line: 1, text: "not UTF-8" }], { cause });
  }
  return readConfig(text, name);
}

/** At most `most` bytes: a file that never ends is not read to its end. */
async function readStart(file: string, most: number): Promise<Uint8Array> {
  await using handle = await open(file);
  const buffer = new Uint8Array(most);
  let length = 0;
  while (length < most) {
    const { bytesRead } = await handle.read(buffer, length, most - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

// Configuration files in YAML, JSON or TOML: which one it is tells the file's name, else its text.
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { AdaptationError, type BuiltinPlugin, type Policies, parsePolicies } from "@nri/adaptation";
import { errorText } from "./error-text.js";
import { fileProblem } from "./files.js";
import { type Host, InputError, UsageError } from "./host.js";
import { LIMITS } from "./limits.js";

/** Failure policies, deadlines and required plugins from a file given with `--policies`; undefined without one. */
export async function readPolicies(file: string | undefined, host: Host): Promise<Policies | undefined> {
  if (file === undefined) return undefined;
  return await readConfigFile("--policies", file, host, (value, where) => parsePolicies(value, `${where}: policies`));
}

/**
 * The default validator as `given` with `--validator` says: a file, or JSON text that begins with `{`. Undefined without one;
 * one that is not enabled is there, and does nothing.
 */
export async function readValidator(given: string | undefined, host: Host): Promise<BuiltinPlugin | undefined> {
  if (given === undefined) return undefined;
  const { defaultValidator, readValidatorOptions } = await import("@nri/adaptation/validator");
  const { parse: parseYaml } = await import("yaml");
  const options = given.trimStart().startsWith("{")
    ? checkedBy(() => readValidatorOptions(JSON.parse(given), "--validator"))
    : await readConfigFile("--validator", given, host, (value, where) =>
        readValidatorOptions(value, `${where}: default validator`),
      );
  return defaultValidator({ ...options, parseYaml });
}

function checkedBy<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`--validator: invalid JSON: ${error.message}`);
    throw error instanceof AdaptationError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/**
 * Reads a file given with `option` and hands what is in it, and where that is, to `use`. What is wrong with the file is an
 * InputError `FILE:LINE: text` (line 1 for what `use` refuses: a parsed document has no lines), a missing file a UsageError.
 */
export async function readConfigFile<T>(
  option: string,
  file: string,
  host: Host,
  use: (value: unknown, where: string) => T,
): Promise<T> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(host.cwd, file));
  } catch (error) {
    throw new UsageError(`${option} ${file}: ${fileProblem(error)}`, { cause: error });
  }
  if (bytes.length > LIMITS.configBytes)
    throw new UsageError(`${option} ${file}: ${bytes.length} bytes are more than ${LIMITS.configBytes}`);
  const value = await parse(decode(bytes, file), file);
  try {
    return use(value, `${file}:1`);
  } catch (error) {
    if (!(error instanceof AdaptationError)) throw error;
    throw new InputError(error.message, { cause: error });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${file}:1: not UTF-8`, { cause });
  }
}

async function parse(text: string, file: string): Promise<unknown> {
  switch (kindOf(text, file)) {
    case "json":
      return await parseJson(text, file);
    case "toml":
      return await parseToml(text, file);
    case "yaml":
      return await parseYaml(text, file);
  }
}

const EXTENSIONS: { readonly [extension: string]: "json" | "toml" | "yaml" } = {
  ".json": "json",
  ".toml": "toml",
  ".yaml": "yaml",
  ".yml": "yaml",
};

function kindOf(text: string, file: string): "json" | "toml" | "yaml" {
  const extension = extname(file);
  const known = Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
  if (known !== undefined) return known;
  if (/^\s*\{/.test(text)) return "json";
  // The first line that says anything: a table or `key = value` is TOML.
  const first = text.split("\n").find((line) => !/^\s*(#.*)?$/.test(line)) ?? "";
  return /^\s*(\[|["'\w.-]+\s*=)/.test(first) ? "toml" : "yaml";
}

async function parseJson(text: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch (error) {
    // JSON is YAML, whose reader says where.
    const line = (await yamlError(text))?.line ?? 1;
    throw new InputError(`${file}:${line}: invalid JSON: ${errorText(error)}`, { cause: error });
  }
}

async function parseToml(text: string, file: string): Promise<unknown> {
  const { parseToml: parseTomlText, plainTable, TomlError } = await import("@nri/runtime/config");
  try {
    return plainTable(parseTomlText(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new InputError(`${file}:${error.line}: invalid TOML: ${error.message}`, { cause: error });
  }
}

async function parseYaml(text: string, file: string): Promise<unknown> {
  const error = await yamlError(text);
  if (error !== undefined) throw new InputError(`${file}:${error.line}: invalid YAML: ${error.message}`);
  const { parse: parseYamlText } = await import("yaml");
  return parseYamlText(text, { maxAliasCount: 100 });
}

async function yamlError(text: string): Promise<{ line: number; message: string } | undefined> {
  const { LineCounter, parseDocument } = await import("yaml");
  const lineCounter = new LineCounter();
  const [error] = parseDocument(text, { lineCounter, prettyErrors: false }).errors;
  return error && { line: lineCounter.linePos(error.pos[0]).line, message: error.message };
}

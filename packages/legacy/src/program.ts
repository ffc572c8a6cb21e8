// Where the program of a plugin is. Spec: v010 1, 2.
import { access, constants, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorText, LegacyError, systemCode } from "./errors.js";

/** The plugin directory of the reference. */
export const DEFAULT_BIN_DIR = "/opt/nri/bin";

/** Folders in which programs are looked for: the plugin directory alone, or all of a PATH as the reference does it. */
export type SearchPath = { readonly dir: string } | { readonly path: string };

/** Path of the program of `type`. Throws `not-started` with the reference's text, but names a directory that is no PATH. */
export async function findProgram(type: string, search: SearchPath): Promise<string> {
  const file = await ("dir" in search ? inDirectory(type, search.dir) : inPath(type, search.path));
  await checkFormat(type, file);
  return file;
}

function refuse(type: string, why: string, cause?: unknown): LegacyError {
  return new LegacyError("not-started", why, { plugin: type, cause });
}

async function inDirectory(type: string, dir: string): Promise<string> {
  const file = join(dir, type);
  if (!/^[^/\0]+$/.test(type) || type === "." || type === "..")
    throw refuse(type, `exec: ${JSON.stringify(type)}: not the name of a file in ${dir}`);
  const wrong = await whyNotExecutable(file);
  if (wrong === "ENOENT") throw refuse(type, `exec: ${JSON.stringify(type)}: executable file not found in ${dir}`);
  if (wrong !== undefined) throw refuse(type, `exec: ${JSON.stringify(type)}: ${file}: ${strerror(wrong)}`);
  return file;
}

/** As Go searches: names with a slash are taken as they are, the empty folder is the current one, and nothing is started from there. */
async function inPath(type: string, path: string): Promise<string> {
  if (type === "") throw refuse(type, "exec: no command");
  if (type.includes("/")) return type;
  for (const dir of path.split(":")) {
    const file = join(dir === "" ? "." : dir, type);
    if ((await whyNotExecutable(file)) !== undefined) continue;
    if (file.startsWith("/")) return file;
    throw refuse(type, `exec: ${JSON.stringify(type)}: cannot run executable found relative to current directory`);
  }
  throw refuse(type, `exec: ${JSON.stringify(type)}: executable file not found in $PATH`);
}

/** The code of what keeps `file` from being started; undefined when nothing does. */
async function whyNotExecutable(file: string): Promise<string | undefined> {
  try {
    if ((await stat(file)).isDirectory()) return "EISDIR";
    await access(file, constants.X_OK);
    return undefined;
  } catch (error) {
    return systemCode(error) ?? errorText(error);
  }
}

const ERRNO_TEXT: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EISDIR: "is a directory",
  ENOENT: "no such file or directory",
  ENOEXEC: "exec format error",
  ENOTDIR: "not a directory",
  ELOOP: "too many levels of symbolic links",
  E2BIG: "argument list too long",
  ETXTBSY: "text file busy",
  EAGAIN: "resource temporarily unavailable",
  EMFILE: "too many open files",
  ENOMEM: "cannot allocate memory",
};

/** The text of an error number, as Go has it. */
export function strerror(code: string): string {
  return ERRNO_TEXT[code] ?? code;
}

/**
 * The C library runs a file of unknown format as a shell script, the reference does not: what is neither an ELF program
 * nor a `#!` script is refused (on Linux). What cannot be read is left to the kernel.
 */
async function checkFormat(type: string, file: string): Promise<void> {
  if (process.platform !== "linux") return;
  const head = await firstBytes(file).catch(() => undefined);
  if (head !== undefined && !head.startsWith("#!") && head !== "\x7fELF")
    throw refuse(type, `fork/exec ${file}: ${strerror("ENOEXEC")}`);
}

async function firstBytes(path: string): Promise<string> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(4);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    return bytes.toString("latin1", 0, bytesRead);
  } finally {
    await file.close();
  }
}

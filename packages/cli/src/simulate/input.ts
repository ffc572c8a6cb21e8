// INPUT arguments to pods: manifests, OCI bundles and specs, CreateContainerRequests, stdin.
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { OciError, parseSpec } from "@nri/oci";
import { CreateContainerRequest } from "@nri/protocol";
import {
  type Data,
  type KnownImages,
  manifestToPods,
  type PodPlan,
  readDocuments,
  requestToPod,
  specToPod,
  TestingError,
} from "@nri/testing";
import { errorText } from "../error-text.js";
import { fileProblem } from "../files.js";
import { type Host, InputError, UsageError } from "../host.js";
import { LIMITS } from "../limits.js";

/** The pods of all inputs, and what was passed over. */
export interface Input {
  readonly pods: readonly PodPlan[];
  /** The bundle's folder of each pod that was made of an OCI spec; undefined for stdin. */
  readonly bundles: ReadonlyMap<PodPlan, string | undefined>;
  /** Pods that were made of a request of some runtime. */
  readonly requests: ReadonlySet<PodPlan>;
  /** Sentences for people. */
  readonly notes: readonly string[];
}

/** Reads every INPUT; `images` are known. Throws UsageError with one line that names file and line. */
export async function readInputs(inputs: readonly string[], host: Host, images?: KnownImages): Promise<Input> {
  const pods: PodPlan[] = [];
  const notes: string[] = [];
  const names = new Map<string, number>();
  const bundles = new Map<PodPlan, string | undefined>();
  const requests = new Set<PodPlan>();
  for (const input of inputs) {
    try {
      const { text, file, folder } = await readOne(input, host);
      const kind = kindOf(text, file);
      if (kind === "spec") {
        const plan = specToPod(parseSpec(text, { name: file }), bundleName(folder));
        bundles.set(plan, folder);
        pods.push(plan);
      } else if (kind === "request") {
        const plan = await readRequest(text, file);
        requests.add(plan);
        pods.push(plan);
      } else {
        const used = pods.reduce((sum, pod) => sum + pod.containers.length + 1, 0);
        const found = manifestToPods(readDocuments(text, file), { file, names, firstPid: 2001 + used, images });
        pods.push(...found.pods);
        notes.push(...found.skipped.map((object) => `${file}: ${object} holds no pod`));
      }
    } catch (error) {
      if (error instanceof TestingError || error instanceof OciError)
        throw new InputError(error.message, { cause: error });
      throw error;
    }
  }
  refuseTwins(pods);
  return { pods, bundles, requests, notes };
}

/** What a container is called that nothing else names. */
function bundleName(folder: string | undefined): string {
  if (folder === undefined) return "stdin";
  return basename(folder) === "" ? "container" : basename(folder);
}

/** One input; `folder` is where its file is. */
async function readOne(input: string, host: Host): Promise<{ text: string; file: string; folder: string | undefined }> {
  if (input === "-") return { text: decode(await host.readStdin(), "<stdin>"), file: "<stdin>", folder: undefined };
  const path = resolve(host.cwd, input);
  try {
    const found = await stat(path);
    const file = found.isDirectory() ? join(input, "config.json") : input;
    const config = found.isDirectory() ? await stat(join(path, "config.json")).catch(() => undefined) : found;
    if (config === undefined) {
      throw new UsageError(`${input}: a folder without config.json; an OCI bundle has one`);
    }
    if (config.isFile() && config.size > LIMITS.inputBytes) {
      throw new UsageError(`${file}: ${config.size} bytes are more than ${LIMITS.inputBytes}`);
    }
    const bytes = await readFile(resolve(host.cwd, file));
    return { text: decode(bytes, file), file, folder: dirname(resolve(host.cwd, file)) };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(`${input}: ${fileProblem(error)}`, { cause: error });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  if (bytes.length > LIMITS.inputBytes) throw new UsageError(`${file}: more than ${LIMITS.inputBytes} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError(`${file}:${invalidLine(bytes)}: not UTF-8`, { cause });
  }
}

/** The line of the first byte that is not UTF-8. */
function invalidLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}

/** What a text is, by the keys at its top; whatever is unclear is a manifest, whose reader says what is wrong. */
function kindOf(text: string, file: string): "spec" | "request" | "manifest" {
  const isConfig = basename(file) === "config.json";
  if (!/^\s*\{/.test(text)) return isConfig ? "spec" : "manifest";
  let top: unknown;
  try {
    top = JSON.parse(text);
  } catch {
    return isConfig ? "spec" : "manifest";
  }
  const has = (key: string) => typeof top === "object" && top !== null && Object.hasOwn(top, key);
  if (has("kind")) return "manifest";
  if (has("ociVersion") || isConfig) return "spec";
  return has("container") || (has("pod") && !has("apiVersion")) ? "request" : "manifest";
}

async function readRequest(text: string, file: string): Promise<PodPlan> {
  const [document] = readDocuments(text, file);
  const { fromJson } = await import("@nri/protocol/json");
  try {
    const request = fromJson(CreateContainerRequest, plain(document?.data() ?? null) as never);
    return requestToPod(request, file);
  } catch (error) {
    if (error instanceof TestingError) throw error;
    throw new InputError(`${file}:1: not a CreateContainerRequest: ${errorText(error)}`, { cause: error });
  }
}

type PlainJson = null | boolean | number | string | PlainJson[] | { [key: string]: PlainJson };

/** Protojson takes integers as text, which keeps all their digits. */
function plain(data: Data): PlainJson {
  if (typeof data === "bigint") return Number.isSafeInteger(Number(data)) ? Number(data) : String(data);
  if (Array.isArray(data)) return data.map(plain);
  if (data === null || typeof data !== "object") return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plain(value)]));
}

function refuseTwins(pods: readonly PodPlan[]): void {
  const seen = new Set<string>();
  for (const { pod, containers } of pods) {
    for (const { container } of containers) {
      if (seen.has(container.id)) {
        throw new UsageError(
          `two inputs describe the same container: ${pod.namespace}/${pod.name}/${container.name}, id ${container.id}`,
        );
      }
      seen.add(container.id);
    }
  }
}

// RDT classes, in the form of goresctrl's configuration (containerd's and CRI-O's `rdt_config_file`).
import { OciError } from "../errors.js";
import { ANY, BOOLEAN, map } from "../json/shape.js";
import { readConfig } from "./config-text.js";

const object = <M>(members: M) => ({ kind: "object", members }) as const;
const ALLOCATIONS = { l2Allocation: ANY, l3Allocation: ANY, mbAllocation: ANY };
const OPTIONAL = object({ optional: BOOLEAN });
const CONFIG = object({
  options: object({ l2: OPTIONAL, l3: OPTIONAL, mb: OPTIONAL }),
  partitions: map(
    object({
      ...ALLOCATIONS,
      classes: map(
        object({
          ...ALLOCATIONS,
          kubernetes: object({ denyPodAnnotation: BOOLEAN, denyContainerAnnotation: BOOLEAN }),
        }),
      ),
    }),
  ),
});

interface Allocations {
  readonly l2Allocation?: unknown;
  readonly l3Allocation?: unknown;
  readonly mbAllocation?: unknown;
}
interface Config {
  readonly partitions?: {
    readonly [name: string]:
      | (Allocations & { readonly classes?: { readonly [name: string]: Allocations | undefined } })
      | undefined;
  };
}

const ROOT_NAMES = ["", "system/default"];

/** The one name of a class that has several. */
export function className(name: string): string {
  return isRootClass(name) ? "system/default" : name;
}

/** Whether `name` stands for resctrl's root group. */
export function isRootClass(name: string): boolean {
  return ROOT_NAMES.includes(name);
}

/** The control group of a class, as OCI's `closID` has it: its own name, or `/` for the root. */
export function closIdOf(name: string): string {
  return isRootClass(name) ? "/" : name;
}

/** Why `name` cannot be a class, or undefined. */
export function classNameError(name: string): string | undefined {
  if (isRootClass(name)) return undefined;
  if (name === "." || name === ".." || /[/\n]/.test(name)) return `unqualified class name ${JSON.stringify(name)}`;
  return undefined;
}

/** Names (see `className`) of the classes of a configuration. Throws OciError with the file and the place of what is wrong. */
export function readRdtClasses(text: string, file: string): readonly string[] {
  const config = readConfig(text, file, CONFIG, "class-config") as Config | undefined;
  const names = new Set<string>();
  for (const [partition, content] of Object.entries(config?.partitions ?? {})) {
    const place = `${file}: partitions.${partition}`;
    checkAllocations(content, place);
    for (const [name, settings] of Object.entries(content?.classes ?? {})) {
      const wrong = classNameError(name);
      if (wrong !== undefined) throw new OciError("class-config", `${place}.classes: ${wrong}`);
      const unified = className(name);
      if (names.has(unified)) {
        throw new OciError("class-config", `${place}.classes: class ${JSON.stringify(name)} is defined twice`);
      }
      names.add(unified);
      checkAllocations(settings, `${place}.classes.${name}`);
    }
  }
  return [...names];
}

// 60%, 50-60%, bit numbers (0-5, 2,3), or a mask
const CACHE = /^(?:[0-9]{1,3}%|[0-9]{1,3}-[0-9]{1,3}%|[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*|0x[0-9a-fA-F]+)$/;
const BANDWIDTH = /^[0-9]+(?:%|MBps)$/;
const CACHE_IDS = /^(?:all|[0-9]+(?:-[0-9]+)?(?:,[0-9]+(?:-[0-9]+)?)*)$/;

function checkAllocations(settings: Allocations | undefined, place: string): void {
  checkByCacheId(settings?.l2Allocation, `${place}.l2Allocation`, checkCache);
  checkByCacheId(settings?.l3Allocation, `${place}.l3Allocation`, checkCache);
  checkByCacheId(settings?.mbAllocation, `${place}.mbAllocation`, checkBandwidth);
}

type Check = (value: unknown, place: string) => void;

// Either one value for all caches, or a map from cache ids.
function checkByCacheId(value: unknown, place: string, check: Check): void {
  if (value === undefined || value === null) return;
  if (typeof value !== "object" || Array.isArray(value)) {
    check(value, place);
    return;
  }
  for (const [ids, item] of Object.entries(value)) {
    if (!CACHE_IDS.test(ids))
      throw new OciError("class-config", `${place}: ${JSON.stringify(ids)} is not a set of cache ids`);
    check(item, `${place}.${ids}`);
  }
}

function checkCache(value: unknown, place: string): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const parts = new Map(Object.entries(value).map(([key, part]) => [key.toLowerCase(), part]));
    for (const key of parts.keys()) {
      if (!["unified", "code", "data"].includes(key))
        throw new OciError("class-config", `${place}: unknown key ${JSON.stringify(key)}`);
    }
    if (!parts.has("unified")) throw new OciError("class-config", `${place}: unified is missing`);
    if (parts.has("code") !== parts.has("data"))
      throw new OciError("class-config", `${place}: code and data go together`);
    for (const [key, part] of parts) checkCache(part, `${place}.${key}`);
  } else if (!CACHE.test(String(value))) {
    throw new OciError("class-config", `${place}: ${JSON.stringify(String(value))} is not a share of a cache`);
  }
}

function checkBandwidth(value: unknown, place: string): void {
  const items = Array.isArray(value) ? value : [value];
  for (const item of items) {
    if (!BANDWIDTH.test(String(item))) {
      throw new OciError(
        "class-config",
        `${place}: ${JSON.stringify(String(item))} is not a share of memory bandwidth`,
      );
    }
  }
}

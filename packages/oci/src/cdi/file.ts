// CDI spec files: their form, and the rules that a file must keep to be used at all (container-device-interface SPEC.md 1.1).
import { readConfig } from "../classes/config-text.js";
import { OciError } from "../errors.js";
import { BOOLEAN, INT64, list, map, STRING, UINT32 } from "../json/shape.js";
import { deviceNameError, kindError } from "./name.js";
import { versionError } from "./version.js";

/** What is done to a container's spec. */
export interface ContainerEdits {
  readonly env?: readonly string[];
  readonly deviceNodes?: readonly CdiDeviceNode[];
  readonly netDevices?: readonly { readonly hostInterfaceName?: string; readonly name?: string }[];
  readonly hooks?: readonly CdiHook[];
  readonly mounts?: readonly CdiMount[];
  readonly intelRdt?: CdiIntelRdt;
  readonly additionalGids?: readonly number[];
}

/** A device node; what is missing is looked up on the host. */
export interface CdiDeviceNode {
  readonly path?: string;
  readonly hostPath?: string;
  readonly type?: string;
  readonly major?: bigint;
  readonly minor?: bigint;
  readonly fileMode?: number;
  readonly permissions?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export interface CdiHook {
  readonly hookName?: string;
  readonly path?: string;
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly timeout?: bigint;
}

export interface CdiMount {
  readonly hostPath?: string;
  readonly containerPath?: string;
  readonly type?: string;
  readonly options?: readonly string[];
}

export interface CdiIntelRdt {
  readonly closID?: string;
  readonly l3CacheSchema?: string;
  readonly memBwSchema?: string;
  readonly schemata?: readonly string[];
  readonly enableMonitoring?: boolean;
}

export interface CdiDevice {
  readonly name?: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly containerEdits?: ContainerEdits;
}

/** A file's content. */
export interface CdiFile {
  readonly cdiVersion?: string;
  readonly kind?: string;
  readonly annotations?: { readonly [key: string]: string };
  readonly devices?: readonly CdiDevice[];
  readonly containerEdits?: ContainerEdits;
}

const object = <M>(members: M) => ({ kind: "object", members }) as const;
const STRINGS = list(STRING);
const EDITS = object({
  env: STRINGS,
  deviceNodes: list(
    object({
      path: STRING,
      hostPath: STRING,
      type: STRING,
      major: INT64,
      minor: INT64,
      fileMode: UINT32,
      permissions: STRING,
      uid: UINT32,
      gid: UINT32,
    }),
  ),
  netDevices: list(object({ hostInterfaceName: STRING, name: STRING })),
  hooks: list(object({ hookName: STRING, path: STRING, args: STRINGS, env: STRINGS, timeout: INT64 })),
  mounts: list(object({ hostPath: STRING, containerPath: STRING, type: STRING, options: STRINGS })),
  intelRdt: object({
    closID: STRING,
    l3CacheSchema: STRING,
    memBwSchema: STRING,
    schemata: STRINGS,
    enableMonitoring: BOOLEAN,
  }),
  additionalGids: list(UINT32),
});
const FILE = object({
  cdiVersion: STRING,
  kind: STRING,
  annotations: map(STRING),
  devices: list(object({ name: STRING, annotations: map(STRING), containerEdits: EDITS })),
  containerEdits: EDITS,
});

/** Reads a CDI spec file (JSON or YAML by its name). Throws OciError that names the file, the place and the broken rule. */
export function readCdiFile(text: string, name: string): CdiFile {
  const file = readConfig(text, name, FILE, "cdi-spec") as CdiFile | undefined;
  const wrong = file === undefined ? "no content" : fileError(file);
  if (file === undefined || wrong !== undefined) throw new OciError("cdi-spec", `${name}: ${wrong}`);
  return file;
}

function fileError(file: CdiFile): string | undefined {
  const early = versionError(file) ?? kindError(file.kind ?? "") ?? editsError(file.containerEdits);
  if (early !== undefined) return early;
  const names = new Set<string>();
  for (const device of file.devices ?? []) {
    const name = device.name ?? "";
    const wrong = deviceNameError(name) ?? editsError(device.containerEdits);
    if (wrong !== undefined) return `device ${JSON.stringify(name)}: ${wrong}`;
    if (isEmpty(device.containerEdits)) return `device ${JSON.stringify(name)}: no container edits`;
    if (names.has(name)) return `device ${JSON.stringify(name)} is there twice`;
    names.add(name);
  }
  return names.size === 0 ? "no devices" : undefined;
}

function isEmpty(edits: ContainerEdits | undefined): boolean {
  return Object.values(edits ?? {}).every((edit) => edit === undefined || (Array.isArray(edit) && edit.length === 0));
}

const HOOKS = new Set(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]);

function editsError(edits: ContainerEdits | undefined): string | undefined {
  return (
    envError(edits?.env) ??
    first(edits?.deviceNodes, nodeError) ??
    first(edits?.hooks, hookError) ??
    first(edits?.mounts, mountError) ??
    rdtError(edits?.intelRdt?.closID) ??
    netDevicesError(edits?.netDevices ?? [])
  );
}

function first<T>(items: readonly T[] | undefined, error: (item: T) => string | undefined): string | undefined {
  for (const item of items ?? []) {
    const wrong = error(item);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function envError(env: readonly string[] | undefined): string | undefined {
  const wrong = env?.find((entry) => entry.indexOf("=") <= 0);
  return wrong === undefined ? undefined : `invalid environment variable ${JSON.stringify(wrong)}`;
}

function nodeError({ path, type, permissions }: CdiDeviceNode): string | undefined {
  if (!path) return "device node without a path";
  if (!["", "b", "c", "u", "p"].includes(type ?? ""))
    return `device node ${path}: invalid type ${JSON.stringify(type)}`;
  if (permissions === "none" || /^[rwm]*$/.test(permissions ?? "")) return undefined;
  return `device node ${path}: invalid permissions ${JSON.stringify(permissions)}`;
}

function hookError({ hookName, path, env }: CdiHook): string | undefined {
  if (!HOOKS.has(hookName ?? "")) return `invalid hook name ${JSON.stringify(hookName ?? "")}`;
  return path ? envError(env) : `hook ${hookName} without a path`;
}

function mountError({ hostPath, containerPath }: CdiMount): string | undefined {
  if (!hostPath) return "mount without a hostPath";
  return containerPath ? undefined : `mount of ${hostPath} without a containerPath`;
}

const MAX_CLOS_ID = 4095;

function rdtError(closID: string | undefined): string | undefined {
  if (closID === undefined || closID === "/") return undefined;
  const bad = closID.length > MAX_CLOS_ID || closID === "." || closID === ".." || /[/\n]/.test(closID);
  return bad ? `invalid closID ${JSON.stringify(closID.slice(0, 80))}` : undefined;
}

function netDevicesError(devices: NonNullable<ContainerEdits["netDevices"]>): string | undefined {
  for (const key of ["hostInterfaceName", "name"] as const) {
    const seen = new Set<string>();
    for (const { [key]: name } of devices) {
      if (!name) return `net device without ${key}`;
      if (seen.has(name)) return `two net devices with ${key} ${JSON.stringify(name)}`;
      seen.add(name);
    }
  }
  return undefined;
}

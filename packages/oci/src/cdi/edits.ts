// Container edits onto an OCI spec.
import { setOwn } from "@nri/protocol";
import { linuxOf, processOf, resourcesOf } from "../apply/context.js";
import { removeFirst, replaceOrAppend } from "../apply/keyed-list.js";
import { mountDepth } from "../apply/mounts.js";
import { filled, given } from "../convert/to-spec.js";
import { errorText, OciError } from "../errors.js";
import type { HostDeviceLookup } from "../host-device.js";
import type { Hooks, LinuxDevice, Mount, Spec } from "../spec/types.js";
import type { CdiDeviceNode, CdiMount, ContainerEdits } from "./file.js";

/** Changes `spec`. Throws OciError `cdi-injection` when a device node is neither described nor on the host. */
export function applyEdits(spec: Spec, edits: ContainerEdits, host: HostDeviceLookup): void {
  for (const entry of edits.env ?? []) setEnv(spec, entry);
  for (const node of edits.deviceNodes ?? []) addNode(spec, node, host);
  for (const { hostInterfaceName = "", name = "" } of edits.netDevices ?? []) {
    const linux = linuxOf(spec);
    linux.netDevices ??= {};
    setOwn(linux.netDevices, hostInterfaceName, { name });
  }
  if (edits.mounts !== undefined && edits.mounts.length > 0) addMounts(spec, edits.mounts);
  for (const { hookName, path = "", args = [], env = [], timeout } of edits.hooks ?? []) {
    const hooks: Hooks = spec.hooks ?? {};
    const stage = hookName as keyof Hooks;
    const hook = {
      path,
      ...given("args", filled([...args])),
      ...given("env", filled([...env])),
      ...given("timeout", timeout),
    };
    hooks[stage] = [...(hooks[stage] ?? []), hook];
    spec.hooks = hooks;
  }
  if (edits.intelRdt !== undefined) {
    const { schemata, ...rdt } = edits.intelRdt;
    linuxOf(spec).intelRdt = { ...rdt, ...given("schemata", schemata === undefined ? undefined : [...schemata]) };
  }
  for (const gid of edits.additionalGids ?? []) addGroup(spec, gid);
}

function setEnv(spec: Spec, entry: string): void {
  const process = processOf(spec);
  const env = process.env ?? [];
  const name = entry.slice(0, entry.indexOf("=") + 1);
  const index = env.findLastIndex((old) => old.startsWith(name));
  env[index < 0 ? env.length : index] = entry;
  process.env = env;
}

function addNode(spec: Spec, node: CdiDeviceNode, host: HostDeviceLookup): void {
  const device = described(node, host);
  const { uid, gid } = spec.process?.user ?? {};
  const owned = {
    ...device,
    ...given("uid", node.uid ?? filled(uid ?? 0)),
    ...given("gid", node.gid ?? filled(gid ?? 0)),
  };
  const linux = linuxOf(spec);
  const devices = linux.devices ?? [];
  removeFirst(devices, (old) => old.path === owned.path);
  replaceOrAppend(devices, owned, (old) => old.path === owned.path);
  linux.devices = devices;
  if (owned.type !== "b" && owned.type !== "c") return;
  const access = node.permissions === "none" ? "" : node.permissions || "rwm";
  const resources = resourcesOf(spec);
  const { type, major, minor } = owned;
  resources.devices = [
    ...(resources.devices ?? []),
    { allow: true, type, major, minor, ...given("access", filled(access)) },
  ];
}

// The host is asked for what the file leaves out. A node that is described well enough need not be there.
function described(node: CdiDeviceNode, host: HostDeviceLookup): LinuxDevice {
  const { path = "", hostPath, type = "", major = 0n, minor = 0n, fileMode } = node;
  const source = hostPath || path;
  const enough = type !== "" && (major !== 0n || type === "p");
  let found: ReturnType<HostDeviceLookup> | undefined;
  try {
    found = host(source);
  } catch (cause) {
    if (!enough) {
      const text = `failed to inject devices: failed to stat CDI host device ${JSON.stringify(source)}: ${errorText(cause)}`;
      throw new OciError("cdi-injection", text, { cause });
    }
  }
  const mode = given("fileMode", fileMode ?? found?.mode);
  if (enough || found === undefined) return { path, type, major, minor, ...mode };
  if (type !== "" && type !== found.type) {
    const text = `failed to inject devices: CDI device ${path} (${source}) is of type ${found.type} on the host, not ${type}`;
    throw new OciError("cdi-injection", text);
  }
  const numbers = found.type === "p" || major !== 0n ? { major, minor } : { major: found.major, minor: found.minor };
  return { path, type: found.type, ...numbers, ...mode };
}

function addMounts(spec: Spec, mounts: readonly CdiMount[]): void {
  const target = spec.mounts ?? [];
  for (const { hostPath = "", containerPath = "", type = "", options = [] } of mounts) {
    removeFirst(target, (old) => old.destination === containerPath);
    const mount: Mount = { destination: containerPath, ...given("type", filled(type)), source: hostPath };
    target.push({ ...mount, ...given("options", filled([...options])) });
  }
  spec.mounts = target.sort((left, right) => mountDepth(left) - mountDepth(right));
}

// 0 is ignored: the container's processes would silently get root's group.
function addGroup(spec: Spec, gid: number): void {
  if (gid === 0) return;
  const process = processOf(spec);
  process.user ??= {};
  const groups = process.user.additionalGids ?? [];
  if (!groups.includes(gid)) process.user.additionalGids = [...groups, gid];
}

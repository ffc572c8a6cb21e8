// Builder for what a plugin may change of a container that is being created.
import {
  ContainerAdjustment,
  type Hooks,
  type Init,
  IOPrioClass,
  type LinuxContainerAdjustment,
  type LinuxDeviceCgroup,
  type LinuxResources,
  LinuxSchedulerFlag,
  LinuxSchedulerPolicy,
  type LinuxSeccomp,
  MpolFlag,
  MpolMode,
  markForRemoval,
  setOwn,
} from "@nri/protocol";
import {
  enumValue,
  flag,
  int32,
  int64,
  integer,
  name,
  onlyOnce,
  removableKey,
  settableKey,
  text,
  texts,
  uint32,
  uint64,
} from "./checks.js";
import type { Draft } from "./draft.js";
import { PluginError } from "./errors.js";
import { hasEntry, ResourcesBuilder } from "./resources.js";

/** A mount to add. */
export interface MountSettings {
  /** Path inside the container. */
  readonly destination: string;
  /** File system type, such as `bind` or `tmpfs`. */
  readonly type?: string | undefined;
  /** What is mounted: a path of the host for `bind`. */
  readonly source?: string | undefined;
  /** Mount options, such as `["rbind", "ro"]`. */
  readonly options?: readonly string[] | undefined;
}

/** A device node to add. */
export interface DeviceSettings {
  /** Path inside the container. */
  readonly path: string;
  /** `c` for character, `b` for block, `p` for a FIFO. */
  readonly type: string;
  /** Major number. */
  readonly major: bigint;
  /** Minor number. */
  readonly minor: bigint;
  /** Permission bits, such as 0o666. */
  readonly fileMode?: number | undefined;
  /** Owner inside the container. */
  readonly uid?: number | undefined;
  /** Group inside the container. */
  readonly gid?: number | undefined;
}

/** Limits of one POSIX resource; 2n ** 64n - 1n is unlimited. */
export interface RlimitSettings {
  /** What the soft limit may be raised to. Not below `soft`. */
  readonly hard: bigint;
  /** What holds at start. */
  readonly soft: bigint;
}

/** I/O priority. */
export interface IoPrioritySettings {
  /** Scheduling class, by name or number. */
  readonly class: keyof typeof IOPrioClass | IOPrioClass;
  /** Priority inside the class, 0 (first) to 7; 0 when absent. */
  readonly priority?: number | undefined;
}

/** CPU scheduling attributes, as `sched_setattr(2)` has them. */
export interface SchedulerSettings {
  /** Policy, by name or number. */
  readonly policy: keyof typeof LinuxSchedulerPolicy | LinuxSchedulerPolicy;
  /** Nice value, for SCHED_OTHER and SCHED_BATCH. */
  readonly nice?: number | undefined;
  /** Static priority, for SCHED_FIFO and SCHED_RR. */
  readonly priority?: number | undefined;
  /** Flags, by name or number. */
  readonly flags?: readonly (keyof typeof LinuxSchedulerFlag | LinuxSchedulerFlag)[] | undefined;
  /** Nanoseconds, for SCHED_DEADLINE. */
  readonly runtime?: bigint | undefined;
  /** Nanoseconds, for SCHED_DEADLINE. */
  readonly deadline?: bigint | undefined;
  /** Nanoseconds, for SCHED_DEADLINE. */
  readonly period?: bigint | undefined;
}

/** NUMA memory policy, as `set_mempolicy(2)` has it. */
export interface MemoryPolicySettings {
  /** Mode, by name or number. */
  readonly mode: keyof typeof MpolMode | MpolMode;
  /** Nodes, such as `0-1`. */
  readonly nodes?: string | undefined;
  /** Flags, by name or number. */
  readonly flags?: readonly (keyof typeof MpolFlag | MpolFlag)[] | undefined;
}

/** Intel RDT settings; what is left out stays as it is. */
export interface RdtSettings {
  /** Class of service. */
  readonly closId?: string | undefined;
  /** Lines for the `schemata` file. */
  readonly schemata?: readonly string[] | undefined;
  /** Whether a monitoring group is made. */
  readonly enableMonitoring?: boolean | undefined;
}

const HOOK_STAGES = [
  "prestart",
  "createRuntime",
  "createContainer",
  "startContainer",
  "poststart",
  "poststop",
] as const satisfies readonly (keyof Hooks)[];

/**
 * Collects changes of a container that is being created; made by {@link adjustment}. Every method returns the builder.
 *
 * Refused at once, with {@link PluginError} code `invalid-argument`, is what the wire would turn into something else:
 * empty names, names that begin with `-` (NRI's mark for removal), the same thing set twice, numbers where NRI has 64 bits.
 * To replace what another plugin or the image has set, remove it and set it, in any order.
 */
export class AdjustmentBuilder extends ResourcesBuilder {
  readonly #draft: Draft<ContainerAdjustment> = {};

  #linux(): Draft<LinuxContainerAdjustment> {
    this.#draft.linux ??= {};
    return this.#draft.linux;
  }

  /** The Linux resources of the adjustment, made on first use. */
  protected override resources(): Draft<LinuxResources> {
    const linux = this.#linux();
    linux.resources ??= {};
    return linux.resources;
  }

  /** Sets a container annotation. */
  annotation(key: string, value: string): this {
    this.#draft.annotations ??= {};
    const annotations = this.#draft.annotations;
    onlyOnce("annotation", settableKey("annotation", key, "removeAnnotation"), Object.hasOwn(annotations, key));
    setOwn(annotations, key, text(`annotation ${key}`, value));
    return this;
  }

  /** Removes a container annotation. */
  removeAnnotation(key: string): this {
    this.#draft.annotations ??= {};
    setOwn(this.#draft.annotations, markForRemoval(removableKey("annotation", key)), "");
    return this;
  }

  /** Adds a mount. */
  mount(mount: MountSettings): this {
    this.#draft.mounts ??= [];
    const mounts = this.#draft.mounts;
    const destination = settableKey("mount destination", mount.destination, "removeMount");
    onlyOnce("mount", destination, hasEntry(mounts, "destination", destination));
    mounts.push({
      destination,
      type: text(`mount ${destination}: type`, mount.type ?? ""),
      source: text(`mount ${destination}: source`, mount.source ?? ""),
      options: texts(`mount ${destination}: options`, mount.options ?? []),
    });
    return this;
  }

  /** Removes the mount at `destination`. */
  removeMount(destination: string): this {
    this.#draft.mounts ??= [];
    const mounts = this.#draft.mounts;
    mounts.push({ destination: markForRemoval(removableKey("mount destination", destination)) });
    return this;
  }

  /** Sets an environment variable. Refuses names with `=`. */
  env(key: string, value: string): this {
    this.#draft.env ??= [];
    const env = this.#draft.env;
    if (settableKey("env", key, "removeEnv").includes("=")) {
      throw new PluginError("invalid-argument", `env ${JSON.stringify(key)}: a name cannot contain "="`);
    }
    onlyOnce("env", key, hasEntry(env, "key", key));
    env.push({ key, value: text(`env ${key}`, value) });
    return this;
  }

  /** Removes an environment variable. */
  removeEnv(key: string): this {
    this.#draft.env ??= [];
    const env = this.#draft.env;
    env.push({ key: markForRemoval(removableKey("env", key)), value: "" });
    return this;
  }

  /** Sets the whole command line; a conflict when another plugin has set it too. Refuses an empty list or first word. */
  args(args: readonly string[]): this {
    this.#draft.args = commandLine(args);
    return this;
  }

  /** Sets the whole command line, also when another plugin has set it before. Refuses an empty list or first word. */
  replaceArgs(args: readonly string[]): this {
    this.#draft.args = ["", ...commandLine(args)];
    return this;
  }

  /** Adds OCI hooks to the stages given; `timeout` is in seconds. Hooks of several plugins never conflict. */
  hooks(hooks: Init<Hooks>): this {
    this.#draft.hooks ??= {};
    const all = this.#draft.hooks;
    for (const stage of HOOK_STAGES) {
      for (const hook of hooks[stage] ?? []) {
        all[stage] ??= [];
        const list = all[stage];
        list.push({
          path: name(`${stage} hook: path`, hook.path ?? ""),
          args: texts(`${stage} hook: args`, hook.args ?? []),
          env: texts(`${stage} hook: env`, hook.env ?? []),
          timeout: hook.timeout && { value: int64(`${stage} hook: timeout`, hook.timeout.value ?? 0n) },
        });
      }
    }
    return this;
  }

  /** Sets a POSIX limit, `type` such as `RLIMIT_NOFILE`. Refuses a soft limit above the hard one. */
  rlimit(type: string, limits: RlimitSettings): this {
    this.#draft.rlimits ??= [];
    const rlimits = this.#draft.rlimits;
    onlyOnce("rlimit", name("rlimit type", type), hasEntry(rlimits, "type", type));
    const hard = uint64(`rlimit ${type}: hard`, limits.hard);
    const soft = uint64(`rlimit ${type}: soft`, limits.soft);
    if (soft > hard) {
      throw new PluginError("invalid-argument", `rlimit ${type}: soft limit ${soft} is above hard limit ${hard}`);
    }
    rlimits.push({ type, hard, soft });
    return this;
  }

  /** Adds a device node. */
  device(device: DeviceSettings): this {
    const linux = this.#linux();
    linux.devices ??= [];
    const devices = linux.devices;
    const path = settableKey("device path", device.path, "removeDevice");
    onlyOnce("device", path, hasEntry(devices, "path", path));
    const { fileMode, uid, gid } = device;
    devices.push({
      path,
      type: text(`device ${path}: type`, device.type),
      major: int64(`device ${path}: major`, device.major),
      minor: int64(`device ${path}: minor`, device.minor),
      fileMode: fileMode === undefined ? undefined : { value: uint32(`device ${path}: fileMode`, fileMode) },
      uid: uid === undefined ? undefined : { value: uint32(`device ${path}: uid`, uid) },
      gid: gid === undefined ? undefined : { value: uint32(`device ${path}: gid`, gid) },
    });
    return this;
  }

  /** Removes the device node at `path`. */
  removeDevice(path: string): this {
    const linux = this.#linux();
    linux.devices ??= [];
    const devices = linux.devices;
    devices.push({ path: markForRemoval(removableKey("device path", path)) });
    return this;
  }

  /** Allows or denies access to devices through the container's device cgroup. Rules never conflict. */
  deviceRule(rule: Init<LinuxDeviceCgroup>): this {
    const resources = this.resources();
    resources.devices ??= [];
    const rules = resources.devices;
    rules.push({
      allow: flag("device rule: allow", rule.allow ?? false),
      type: text("device rule: type", rule.type ?? ""),
      major: rule.major && { value: int64("device rule: major", rule.major.value ?? 0n) },
      minor: rule.minor && { value: int64("device rule: minor", rule.minor.value ?? 0n) },
      access: text("device rule: access", rule.access ?? ""),
    });
    return this;
  }

  /** Adds a CDI device by its full name, such as `vendor.com/device=gpu0`. */
  cdiDevice(deviceName: string): this {
    this.#draft.CDIDevices ??= [];
    const devices = this.#draft.CDIDevices;
    onlyOnce("CDI device", name("CDI device", deviceName), hasEntry(devices, "name", deviceName));
    devices.push({ name: deviceName });
    return this;
  }

  /** Adds or replaces a namespace: joins the one at `path`, or makes a new one when there is no path. */
  namespace(type: string, path = ""): this {
    return this.#namespace(settableKey("namespace", type, "removeNamespace"), text(`namespace ${type}: path`, path));
  }

  /** Takes the container out of the namespaces of one type. Cannot be combined with {@link AdjustmentBuilder.namespace} of that type. */
  removeNamespace(type: string): this {
    return this.#namespace(markForRemoval(removableKey("namespace", type)), "");
  }

  /** Runtimes refuse any second touch of a type, also removal and addition (spec: adaptation 4). */
  #namespace(type: string, path: string): this {
    const linux = this.#linux();
    linux.namespaces ??= [];
    const namespaces = linux.namespaces;
    const plain = type.replace(/^-/, "");
    const taken = hasEntry(namespaces, "type", plain) || hasEntry(namespaces, "type", markForRemoval(plain));
    onlyOnce("namespace", plain, taken);
    namespaces.push({ type, path });
    return this;
  }

  /** Moves a network device of the host into the container, there called `nameInside` (as on the host when absent). */
  netDevice(hostName: string, nameInside = ""): this {
    const linux = this.#linux();
    linux.netDevices ??= {};
    const devices = linux.netDevices;
    const key = settableKey("net device", hostName, "removeNetDevice");
    onlyOnce("net device", key, Object.hasOwn(devices, key));
    setOwn(devices, key, { name: text(`net device ${key}: name`, nameInside) });
    return this;
  }

  /** Leaves a network device on the host. */
  removeNetDevice(hostName: string): this {
    const linux = this.#linux();
    linux.netDevices ??= {};
    setOwn(linux.netDevices, markForRemoval(removableKey("net device", hostName)), {});
    return this;
  }

  /** Sets a kernel parameter of the container's namespaces. */
  sysctl(key: string, value: string): this {
    const linux = this.#linux();
    linux.sysctl ??= {};
    const sysctl = linux.sysctl;
    onlyOnce("sysctl", settableKey("sysctl", key, "removeSysctl"), Object.hasOwn(sysctl, key));
    setOwn(sysctl, key, text(`sysctl ${key}`, value));
    return this;
  }

  /** Leaves a kernel parameter as it is. */
  removeSysctl(key: string): this {
    const linux = this.#linux();
    linux.sysctl ??= {};
    setOwn(linux.sysctl, markForRemoval(removableKey("sysctl", key)), "");
    return this;
  }

  /** Sets the container's cgroup path. Refuses an empty one, which NRI cannot carry. */
  cgroupsPath(path: string): this {
    this.#linux().cgroupsPath = name("cgroups path", path);
    return this;
  }

  /** Sets the out-of-memory score adjustment, -1000 to 1000. */
  oomScoreAdj(score: number): this {
    this.#linux().oomScoreAdj = { value: BigInt(integer("oom score adjustment", score, -1000, 1000)) };
    return this;
  }

  /** Sets the I/O priority. Refuses unknown classes. */
  ioPriority(settings: IoPrioritySettings): this {
    this.#linux().ioPriority = {
      class: enumValue("I/O priority class", IOPrioClass, settings.class),
      priority: int32("I/O priority", settings.priority ?? 0),
    };
    return this;
  }

  /** Replaces the container's whole seccomp policy. */
  seccomp(policy: Init<LinuxSeccomp>): this {
    name("seccomp default action", policy.defaultAction ?? "");
    this.#linux().seccompPolicy = structuredClone(policy) as Draft<LinuxSeccomp>;
    return this;
  }

  /** Sets the CPU scheduling policy and its attributes. Refuses unknown policies and flags. */
  scheduler(settings: SchedulerSettings): this {
    this.#linux().scheduler = {
      policy: enumValue("scheduler policy", LinuxSchedulerPolicy, settings.policy),
      nice: int32("scheduler nice", settings.nice ?? 0),
      priority: int32("scheduler priority", settings.priority ?? 0),
      flags: (settings.flags ?? []).map((value) => enumValue("scheduler flag", LinuxSchedulerFlag, value)),
      runtime: uint64("scheduler runtime", settings.runtime ?? 0n),
      deadline: uint64("scheduler deadline", settings.deadline ?? 0n),
      period: uint64("scheduler period", settings.period ?? 0n),
    };
    return this;
  }

  /** Sets the given RDT settings; what is left out stays as it is. */
  rdt(settings: RdtSettings): this {
    const linux = this.#linux();
    linux.rdt ??= {};
    const rdt = linux.rdt;
    if (settings.closId !== undefined) rdt.closId = { value: text("RDT closId", settings.closId) };
    if (settings.schemata !== undefined) rdt.schemata = { value: texts("RDT schemata", settings.schemata) };
    if (settings.enableMonitoring !== undefined) {
      rdt.enableMonitoring = { value: flag("RDT enableMonitoring", settings.enableMonitoring) };
    }
    return this;
  }

  /** Removes all RDT settings that are there so far; what {@link AdjustmentBuilder.rdt} sets in the same answer holds. */
  removeRdt(): this {
    const linux = this.#linux();
    linux.rdt ??= {};
    linux.rdt.remove = true;
    return this;
  }

  /** Sets the NUMA memory policy. Refuses unknown modes and flags. */
  memoryPolicy(settings: MemoryPolicySettings): this {
    this.#linux().memoryPolicy = {
      mode: enumValue("memory policy mode", MpolMode, settings.mode),
      nodes: text("memory policy nodes", settings.nodes ?? ""),
      flags: (settings.flags ?? []).map((value) => enumValue("memory policy flag", MpolFlag, value)),
    };
    return this;
  }

  /** What has been collected, ready to be encoded. Shares memory with the builder. */
  draft(): Init<ContainerAdjustment> {
    return this.#draft;
  }

  /** What has been collected as a full message of its own. */
  build(): ContainerAdjustment {
    return ContainerAdjustment.create(this.#draft);
  }
}

/** A leading empty word would mean "replace", an empty list "no change". */
function commandLine(args: readonly string[]): string[] {
  const words = texts("args", args);
  name("args[0]", words[0] ?? "");
  return words;
}

/** Begins an adjustment of the container that is being created. */
export function adjustment(): AdjustmentBuilder {
  return new AdjustmentBuilder();
}

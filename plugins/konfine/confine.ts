// Keeps a container off the CPUs that are reserved for the system.
import { readFileSync } from "node:fs";
import type { LegacyRequest } from "@nri/legacy";
import { findCgroup, writeCgroup } from "../common/cgroup.js";
import { cgroupSettings, confMember } from "../common/legacy-conf.js";
import { parseCpus, printCpus } from "./cpus.js";

const ONLINE_CPUS = "/sys/devices/system/cpu/online";

/**
 * Writes the CPUs that are online, without those of `systemReserved` in the plugin's configuration, to the cpuset of the
 * request's cgroup. Throws when none is left, and changes nothing then.
 */
export function confine({ conf, spec }: LegacyRequest): void {
  const reserved = reservedCpus(conf);
  const online = onlineCpus(conf);
  const left = online.filter((cpu) => !reserved.has(cpu));
  if (left.length === 0)
    throw new Error(`conf.systemReserved leaves none of the CPUs that are online (${printCpus(online)})`);
  const cgroup = findCgroup(cgroupSettings(conf), "cpuset", spec.cgroupsPath);
  writeCgroup(cgroup, "cpuset.cpus", printCpus(left));
}

function reservedCpus(conf: LegacyRequest["conf"]): ReadonlySet<number> {
  const reserved = confMember(conf, "systemReserved") ?? [];
  if (!Array.isArray(reserved)) throw new TypeError("conf.systemReserved: expected a list of CPUs");
  for (const [index, cpu] of reserved.entries()) {
    if (!Number.isSafeInteger(cpu) || cpu < 0)
      throw new TypeError(
        `conf.systemReserved[${index}]: expected the number of a CPU, got ${JSON.stringify(String(cpu))}`,
      );
  }
  return new Set(reserved as number[]);
}

/** `onlineCpus` of the configuration stands in for the machine's own file in tests. */
function onlineCpus(conf: LegacyRequest["conf"]): number[] {
  const given = confMember(conf, "onlineCpus");
  if (given !== undefined && typeof given !== "string")
    throw new TypeError("conf.onlineCpus: expected a list such as 0-3");
  return parseCpus(given ?? readFileSync(ONLINE_CPUS, "utf8"));
}

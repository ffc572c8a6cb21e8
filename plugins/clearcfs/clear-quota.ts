// Lifts the CPU quota of a container whose annotation says that it is latency sensitive. Spec: v010 6.
import type { LegacyRequest } from "@nri/legacy";
import { getOwn } from "@nri/protocol";
import { findCgroup, writeCgroup } from "../common/cgroup.js";
import { cgroupSettings } from "../common/legacy-conf.js";

/** Annotation of the container (or pod) and the value that asks for it. */
const QOS_CLASS = "qos.class";
const LATENCY_SENSITIVE = "ls";

/** Sets the CFS quota of the request's cgroup to "no quota", when its annotation asks for that. Throws what keeps it from it. */
export function clearQuota({ conf, spec }: LegacyRequest): void {
  if (getOwn(spec.annotations, QOS_CLASS) !== LATENCY_SENSITIVE) return;
  const cgroup = findCgroup(cgroupSettings(conf), "cpu", spec.cgroupsPath);
  if (cgroup.version === 1) writeCgroup(cgroup, "cpu.cfs_quota_us", "-1");
  else writeCgroup(cgroup, "cpu.max", "max"); // the period stays
}

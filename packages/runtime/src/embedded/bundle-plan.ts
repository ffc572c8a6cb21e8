// An OCI bundle as it is run here: its own spec, with what must be absolute or is missing filled in.
import { resolve } from "node:path";
import { containerFromSpec, type Spec } from "@nri/oci";
import { PodSandbox } from "@nri/protocol";
import type { PodPlan } from "@nri/testing";

/** The plan of a bundle in `folder`. A container without a cgroup gets one below `cgroup`. */
export function bundlePlan(plan: PodPlan, folder: string, cgroup: string, createdAt: bigint): PodPlan {
  const containers = plan.containers.map((each) => {
    const { id, podSandboxId, name, image } = each.container;
    const { process, linux, root } = each.spec;
    const spec: Spec = {
      ...each.spec,
      ...(process === undefined ? {} : { process: { ...process, terminal: false } }),
      ...(root === undefined ? {} : { root: { ...root, path: resolve(folder, root.path) } }),
      linux: { ...linux, cgroupsPath: linux?.cgroupsPath || `${cgroup}/${id}` },
    };
    const notes = process?.terminal === true ? [...each.notes, "terminal: the container gets none"] : each.notes;
    const container = containerFromSpec(spec, { id, podSandboxId, name, image });
    return { ...each, spec, container, createdAt, notes };
  });
  return { ...plan, pod: PodSandbox.create({ ...plan.pod, pid: 0 }), containers };
}

// Mounts of an adjustment: removals, additions, what they need of the host, and the order that mounts must have.
import { type Mount, removalOf } from "@nri/protocol";
import { mountToSpec } from "../convert/to-spec.js";
import { errorText, OciError } from "../errors.js";
import type { Mount as OciMount } from "../spec/types.js";
import { type ApplyContext, linuxOf } from "./context.js";
import { KeyedList, removalsFirst } from "./keyed-list.js";
import { checkPropagation } from "./mountinfo.js";
import { cleanPath, compareBytes } from "./path.js";

const PROPAGATIONS = ["rprivate", "rshared", "rslave"];

export function applyMounts(context: ApplyContext, mounts: readonly Mount[]): void {
  const { spec, reference } = context;
  const target = new KeyedList(spec.mounts ?? [], (entry) => entry.destination);
  const check = propagationCheck(context);
  let propagation: string | undefined;
  for (const mount of removalsFirst(mounts, (entry) => entry.destination, reference)) {
    const removed = removalOf(mount.destination);
    target.remove(removed ?? mount.destination);
    if (removed !== undefined) continue;
    const own = mount.options.findLast((option) => PROPAGATIONS.includes(option));
    // The reference lets a mount that names no propagation inherit that of the one before.
    propagation = own ?? (reference ? propagation : undefined);
    spreadRoot(context, propagation, mount.source, check);
    target.push(mountToSpec(mount));
  }
  spec.mounts = byDepth(target.entries);
}

type Check = (source: string, accepted: readonly string[]) => void;

function propagationCheck({ options }: ApplyContext): Check {
  let table: string | undefined;
  return (source, accepted) => {
    if (options.mountInfo === undefined) return;
    try {
      table ??= options.mountInfo();
      checkPropagation(table, source, accepted);
    } catch (cause) {
      throw new OciError("mount-propagation", `failed to adjust mounts in OCI Spec: ${errorText(cause)}`, { cause });
    }
  };
}

// What is mounted shared can only spread out of the container when the container's root spreads as well.
function spreadRoot(context: ApplyContext, propagation: string | undefined, source: string, check: Check): void {
  if (propagation === "rshared") {
    check(source, ["rshared"]);
    linuxOf(context.spec).rootfsPropagation = "rshared";
  }
  if (propagation === "rslave") {
    check(source, ["rshared", "rslave"]);
    const linux = linuxOf(context.spec);
    const root = linux.rootfsPropagation;
    if (root !== "rshared" && root !== "rslave") linux.rootfsPropagation = "rslave";
  }
}

/** Number of path segments of the destination. */
export function mountDepth(mount: OciMount): number {
  return cleanPath(mount.destination ?? "").split("/").length;
}

// A mount above another one must come first, or it would hide that one.
function byDepth(mounts: readonly OciMount[]): OciMount[] {
  return mounts
    .map((mount) => ({ mount, depth: mountDepth(mount) }))
    .sort(
      (left, right) =>
        left.depth - right.depth || compareBytes(left.mount.destination ?? "", right.mount.destination ?? ""),
    )
    .map(({ mount }) => mount);
}

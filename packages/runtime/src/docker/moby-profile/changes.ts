// Changes of a container in the two forms that they come in: as Docker's configuration, and as its spec.
import { posix } from "node:path";
import { applyAdjustment, type Spec } from "@nri/oci";
import { type ContainerAdjustment, envEntry, envName, type Init, markForRemoval } from "@nri/protocol";
import type { Kept, KeptMount } from "./kept.js";

/** What has become of an environment: the variables that are new or have other values, and those that are gone. */
export function changedEnv(before: readonly string[], after: readonly string[]): Pick<Kept, "env" | "unset"> {
  const had = entriesByName(before);
  const has = entriesByName(after);
  const env = [...has].filter(([name, entry]) => had.get(name) !== entry).map(([, entry]) => envEntry(entry));
  return {
    env: env.map(({ key, value }) => [key, value] as const),
    unset: [...had.keys()].filter((name) => !has.has(name)),
  };
}

/** Of several entries of one name the last counts. */
function entriesByName(env: readonly string[]): Map<string, string> {
  return new Map(env.map((entry) => [envName(entry), entry]));
}

/** An environment as it is with the changes: what Docker would show of it. */
export function envWith(env: readonly string[], { env: set, unset }: Pick<Kept, "env" | "unset">): readonly string[] {
  const values = new Map(set);
  const stays = env.filter((entry) => !unset.includes(envName(entry)));
  const replaced = stays.map((entry) => {
    const name = envName(entry);
    const value = values.get(name);
    return value === undefined ? entry : `${name}=${value}`;
  });
  const names = new Set(stays.map(envName));
  return [...replaced, ...set.filter(([name]) => !names.has(name)).map(([name, value]) => `${name}=${value}`)];
}

/** The spec with the changes in it; undefined when there are none. */
export function specWith(spec: Spec, kept: Kept): Spec | undefined {
  const { env, unset, mounts } = kept;
  if (env.length + unset.length + mounts.length === 0) return undefined;
  return applyAdjustment(spec, adjustmentOf(kept)).spec;
}

/** The changes as an adjustment of the spec. */
export function adjustmentOf({ env, unset, mounts }: Kept): Init<ContainerAdjustment> {
  return {
    env: [
      ...unset.map((name) => ({ key: markForRemoval(name), value: "" })),
      ...env.map(([key, value]) => ({ key, value })),
    ],
    mounts: mounts.map(ociMount),
  };
}

type OciMount = NonNullable<Init<ContainerAdjustment>["mounts"]>[number];

/** A mount as dockerd writes it into a spec. */
function ociMount({ type, target, readOnly, folder }: KeptMount): OciMount {
  const destination = posix.normalize(target).replace(/(?<=.)\/$/, "");
  const mode = readOnly ? ["ro"] : [];
  if (type === "tmpfs") {
    return { destination, type, source: type, options: ["noexec", "nosuid", "nodev", "rprivate", ...mode] };
  }
  return { destination, type: "bind", source: folder, options: ["rbind", "rprivate", ...mode] };
}

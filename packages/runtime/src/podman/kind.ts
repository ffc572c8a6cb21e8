// What a container of libpod is: the infra container of a pod, a container of a pod, or one alone (spec: oci-annotations 4).
import type { Spec } from "@nri/oci";
import { getOwn } from "@nri/protocol";

/** On containers of a pod: the id of its infra container, or of the pod where it has none. */
const SANDBOX_ID = "io.kubernetes.cri-o.SandboxID";
const POD_CGROUPS = [
  // cgroup manager systemd: machine-libpod_pod_POD.slice:libpod:ID
  /libpod_pod_([0-9a-f]{64})\.slice/,
  // cgroupfs: /libpod_parent/POD/libpod-ID
  /\/([0-9a-f]{64})\/libpod-[0-9a-f]{64}$/,
];
/** Its name, unless `--infra-name` says another. */
const INFRA_NAME = /^[0-9a-f]{12}-infra$/;

/** What is known of one. */
export interface KindSources {
  readonly spec: Spec;
  /** Its name; empty when that is not known. */
  readonly name: string;
  /** Its pod, from podman; empty when podman has not told. */
  readonly podId: string;
  /** Whether there is a container of this id. */
  readonly exists: (id: string) => boolean;
}

/** The kinds. */
export type Kind =
  | { readonly kind: "infra" /** Empty when nobody says it. */; readonly podId: string }
  | { readonly kind: "member"; readonly infraId: string }
  | { readonly kind: "alone" };

/** The kind of a container. One in a pod without infra container is alone. */
export function kindOf({ spec, name, podId, exists }: KindSources): Kind {
  const sandboxId = getOwn(spec.annotations ?? undefined, SANDBOX_ID) ?? "";
  if (sandboxId !== "") return exists(sandboxId) ? { kind: "member", infraId: sandboxId } : { kind: "alone" };
  const found = podId === "" ? podOfCgroup(spec.linux?.cgroupsPath ?? "") : podId;
  return found !== "" || INFRA_NAME.test(name) ? { kind: "infra", podId: found } : { kind: "alone" };
}

function podOfCgroup(path: string): string {
  return POD_CGROUPS.map((pattern) => pattern.exec(path)?.[1] ?? "").find((id) => id !== "") ?? "";
}

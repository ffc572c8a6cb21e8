// Which of containerd's namespaces a call of the OCI runtime is for, when one of its shims calls (spec: oci-annotations 6, 7).
import { basename } from "node:path";
import type { RuntimeCall } from "./runtime-call.js";

const BUNDLE = /\/io\.containerd\.runtime\.v[12]\.[a-z]+\/([^/]+)\/[^/]+\/?$/;
// the second is dockerd's
const ROOT = /\/(?:containerd\/runc|runtime-runc)\/([^/]+)\/?$/;
// as containerd checks it
const NAME = /^[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*$/;
const MAX_NAME_LENGTH = 76;

/**
 * The namespace, or undefined when the call is not one of containerd's shims. A call of a wrapper that was made for one of `engines`
 * tells it by its bundle, else by the last part of its root; for one made for whoever calls, both must look like a shim's.
 */
export function shimNamespace(
  { engine, bundle, root }: RuntimeCall,
  ...engines: readonly ("containerd" | "docker")[]
): string | undefined {
  const isOfOne = engines.some((each) => each === engine);
  if (!isOfOne && engine !== "oci") return undefined;
  const name =
    BUNDLE.exec(bundle)?.[1] ?? (isOfOne ? basename(root) : bundle === "" ? ROOT.exec(root)?.[1] : undefined);
  return name !== undefined && name.length <= MAX_NAME_LENGTH && NAME.test(name) ? name : undefined;
}

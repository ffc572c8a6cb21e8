// The spec of a container of which dockerd has no bundle now.
import type { Spec } from "@nri/oci";
import type { InspectedContainer } from "./api-types.js";

/** What can be said of it without its bundle. */
export function specOf(inspected: InspectedContainer | undefined): Spec {
  const { args = [], env = [], annotations = {} } = inspected ?? {};
  return { ociVersion: "1.0.0", process: { cwd: "/", args: [...args], env: [...env] }, annotations };
}

// The spec that an engine made for a container that runs.
import { join } from "node:path";
import { parseSpec, type Spec } from "@nri/oci";
import { systemCode } from "./error-text.js";
import { LIMITS } from "./limits.js";
import { readBounded } from "./read-bounded.js";
import { BEFORE } from "./wrapper/bundle.js";

/** The spec in a bundle, without what plugins have changed. Throws when it cannot be read. */
export async function bundleSpec(bundle: string): Promise<Spec> {
  const path = join(bundle, "config.json");
  const { maxSpecBytes } = LIMITS.lease;
  try {
    return parseSpec(await readBounded(`${path}${BEFORE}`, maxSpecBytes), { name: path });
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return parseSpec(await readBounded(path, maxSpecBytes), { name: path });
  }
}

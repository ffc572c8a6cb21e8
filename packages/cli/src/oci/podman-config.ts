// podman's containers.conf with the wrapper as the default runtime, as a file of its own beside those of others.
import { basename } from "node:path";
import type { FlavourName } from "@nri/runtime";
import { UsageError } from "../host.js";
import { WRAPPER_NAME } from "./wrapper-name.js";

const HEAD = "# Written by `nri oci install`";
/** Those that podman knows to report errors as JSON unless told otherwise. A list of ours stands in the place of its own. */
const REPORT_JSON = ["crun", "runc", "kata", "runsc", "youki", "krun"];

/** Those that do without cgroups (`--cgroups=disabled`), as podman knows it; runc is none of them. */
const WITHOUT_CGROUPS = ["crun", "krun"];

/** The file. podman knows a runtime by its name, or where it is given by its path, by the last part of that. */
export function podmanConfig(wrapper: string, flavour: FlavourName): string {
  const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");
  const and = (names: readonly string[]) => list([...new Set([...names, WRAPPER_NAME, basename(wrapper)])]);
  const nocgroups = flavour === "crun" ? `runtime_supports_nocgroup = [${and(WITHOUT_CGROUPS)}]\n` : "";
  return `${HEAD}: run it again for other settings, remove the file to undo it.
[engine]
runtime = "${WRAPPER_NAME}"
runtime_supports_json = [${and(REPORT_JSON)}]
${nocgroups}
[engine.runtimes]
${WRAPPER_NAME} = [${JSON.stringify(wrapper)}]
`;
}

/** Throws UsageError for a file that is somebody else's. */
export function checkOurs(text: string | undefined, file: string): void {
  if (text !== undefined && !text.startsWith(HEAD))
    throw new UsageError(`${file}: was not written by nri oci install; it was left alone`);
}

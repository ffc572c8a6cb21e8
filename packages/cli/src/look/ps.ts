// nri ps: the containers that a running daemon knows, and who adjusted them.
import type { LookedAtContainer } from "@nri/runtime/serve";
import { EXIT, type Host } from "../host.js";
import { readArguments } from "../usage.js";
import { columns } from "./columns.js";
import { LOOK_HELP, LOOK_OPTIONS, look } from "./question.js";

const HELP = `Usage: nri ps [--json] [--no-trunc] [--control PATH]

The containers that the daemon knows: domain, pod, container, state, and the plugins that adjusted them.

Options:
  --json              one document (docs/control-api.md)
  --no-trunc          whole ids
${LOOK_HELP}

Example:
  nri ps
`;

/** Characters of an id that are shown. */
const SHORT_ID = 12;

/** Runs the command. Throws UsageError for wrong use. */
export async function ps(args: readonly string[], host: Host): Promise<number> {
  const options = { ...LOOK_OPTIONS, "no-trunc": { type: "boolean" } } as const;
  const { values } = readArguments("ps", { args: [...args], options });
  if (values.help) {
    host.stdout.write(HELP);
    return EXIT.ok;
  }
  const isWhole = values["no-trunc"] === true;
  const path = "/v1/containers";
  return await look<{ readonly containers: readonly LookedAtContainer[] }>(path, values, host, (document, paint) => {
    const rows = document.containers.map(({ domain, pod, id, name, state, exitCode, adjustedBy }) => [
      domain,
      [pod.namespace, pod.name].filter((part) => part !== "").join("/"),
      isWhole || !isHash(id) ? id : id.slice(0, SHORT_ID),
      name,
      exitCode === undefined ? state : `${state} (${exitCode})`,
      adjustedBy.join(", "),
    ]);
    return columns(["DOMAIN", "POD", "ID", "NAME", "STATE", "ADJUSTED BY"], rows, "no containers", paint);
  });
}

/** An id that says nothing, as engines make them. */
function isHash(id: string): boolean {
  return /^[\da-f]{64}$/.test(id);
}

// Versions of the CDI specification, and what each brought: a file must not use what its version does not have.
import type { CdiFile, ContainerEdits } from "./file.js";

type Uses = (file: CdiFile, edits: readonly ContainerEdits[]) => boolean;

// Oldest first. A version without a rule brought nothing that a file could use.
const VERSIONS: readonly (readonly [version: string, uses?: Uses])[] = [
  ["0.1.0"],
  ["0.2.0"],
  ["0.3.0"],
  ["0.4.0", (_, edits) => edits.some(({ mounts }) => mounts?.some(({ type }) => type))],
  [
    "0.5.0",
    ({ devices }, edits) =>
      devices?.some(({ name }) => /^[0-9]/.test(name ?? "")) === true ||
      edits.some(({ deviceNodes }) => deviceNodes?.some(({ hostPath }) => hostPath)),
  ],
  [
    "0.6.0",
    ({ kind, annotations, devices }) =>
      [annotations, ...(devices ?? []).map((device) => device.annotations)].some(
        (map) => Object.keys(map ?? {}).length,
      ) || /\/.*\./.test(kind ?? ""),
  ],
  ["0.7.0", (_, edits) => edits.some(({ intelRdt, additionalGids }) => intelRdt || additionalGids?.length)],
  ["0.8.0"],
  ["1.0.0"],
  [
    "1.1.0",
    (_, edits) =>
      edits.some(({ intelRdt, netDevices }) => intelRdt?.schemata || intelRdt?.enableMonitoring || netDevices?.length),
  ],
];

/** What is wrong with the version of a file, or undefined. */
export function versionError(file: CdiFile): string | undefined {
  const given = file.cdiVersion ?? "";
  const index = VERSIONS.findIndex(([version]) => version === given.replace(/^v/, ""));
  if (index < 0) return `invalid cdiVersion ${JSON.stringify(given)}`;
  const edits = [file, ...(file.devices ?? [])].flatMap((part) => part.containerEdits ?? []);
  const needed = VERSIONS.findLastIndex(([, uses]) => uses?.(file, edits));
  return needed > index ? `cdiVersion must be at least ${VERSIONS[needed]?.[0]} for what the file uses` : undefined;
}

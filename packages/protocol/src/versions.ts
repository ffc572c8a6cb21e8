// Versions of NRI: reading them, and guessing that of a runtime which does not tell. Source: handshake 6.
import { quote } from "./quote.js";

/** The version of a build that could not be determined. */
export const UNKNOWN_VERSION = "0.0.0-unknown";
/** The version of a build inside its source tree. */
export const DEVEL_VERSION = "(devel)";
/** The release of the reference that this project implements. */
export const NRI_VERSION = "v0.12.5";

// First release of a runtime that came with a release of NRI; it holds until the next row.
const FIRST_RELEASES: ReadonlyMap<string, readonly (readonly [runtime: string, nri: string])[]> = new Map([
  [
    "containerd",
    [
      ["v1.7.0", "v0.3.0"],
      ["v1.7.7", "v0.4.0"],
      ["v1.7.14", "v0.6.0"],
      ["v1.7.16", "v0.6.1"],
      ["v1.7.26", "v0.8.0"],
      ["v2.0.0", "v0.8.0"],
      ["v2.1.0", "v0.8.0"],
      ["v2.2.0", "v0.10.0"],
      ["v2.2.1", "v0.11.0"],
    ],
  ],
  [
    "cri-o",
    [
      ["v1.26.0", "v0.2.0"],
      ["v1.26.2", "v0.3.0"],
      ["v1.26.4", "v0.3.1-0.20230504231226-94185418e253"],
      ["v1.27.0", "v0.3.0"],
      ["v1.27.1", "v0.3.1-0.20230504231226-94185418e253"],
      ["v1.29.0", "v0.5.0"],
      ["v1.29.2", "v0.6.0"],
      ["v1.30.0", "v0.6.0"],
      ["v1.31.0", "v0.6.1"],
      ["v1.32.0", "v0.9.0"],
      ["v1.33.0", "v0.9.1-0.20250219030224-e597e7849f24"],
      ["v1.34.0", "v0.10.0"],
      ["v1.35.0", "v0.11.0"],
    ],
  ],
]);

/** A semantic version, cut up. */
interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

const VERSION =
  /^v(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?)?$/;

function parse(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (match === null) return undefined;
  const pre = match[4]?.split(".") ?? [];
  if (pre.some((part) => /^0\d+$/.test(part))) return undefined;
  return { numbers: [BigInt(match[1] ?? 0), BigInt(match[2] ?? 0), BigInt(match[3] ?? 0)], pre };
}

function comparePre(a: readonly string[], b: readonly string[]): number {
  // A version without a pre-release part is above one with it.
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x = "", y = ""] = [a[i], b[i]];
    if (x === y) continue;
    const numbers = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (numbers[0] && numbers[1]) return BigInt(x) < BigInt(y) ? -1 : 1;
    if (numbers[0] !== numbers[1]) return numbers[0] ? -1 : 1;
    return x < y ? -1 : 1;
  }
  return a.length - b.length;
}

function compare(a: Version, b: Version): number {
  for (const i of [0, 1, 2] as const) {
    if (a.numbers[i] !== b.numbers[i]) return a.numbers[i] < b.numbers[i] ? -1 : 1;
  }
  return comparePre(a.pre, b.pre);
}

/** Compares versions such as `v0.10.0` by the rules of semantic versioning; undefined when one of them is none. */
export function compareVersions(a: string, b: string): number | undefined {
  const [x, y] = [parse(a), parse(b)];
  return x === undefined || y === undefined ? undefined : compare(x, y);
}

/** Without what `git describe` adds to a tag (`-<commits>-g<hash>`, and `.m` or the like for a tree with changes). */
export function cutGitSuffix(version: string): string {
  return version.replace(/-\d+-g[0-9a-fA-F]+(\.[0-9A-Za-z-]+)*$/, "");
}

/** Whether a version says nothing, so that `inferNriVersion` is worth a try. */
export function isUnknownVersion(version: string): boolean {
  return version === "" || version === DEVEL_VERSION || version === UNKNOWN_VERSION;
}

/**
 * The release of NRI that came with a release of a runtime, from a table: that of the greatest known release not above
 * it. Only for `containerd` and `cri-o`; otherwise, or when `runtimeVersion` is no `vX.Y.Z` or too old, the problem.
 */
export function inferNriVersion(
  runtime: string,
  runtimeVersion: string,
): { readonly version: string } | { readonly problem: string } {
  const releases = FIRST_RELEASES.get(runtime);
  if (releases === undefined) return { problem: `can't infer version for unknown runtime ${quote(runtime)}` };
  const wanted = parse(cutGitSuffix(runtimeVersion));
  let found: string | undefined;
  for (const [release, nri] of releases) {
    const known = parse(release);
    if (wanted !== undefined && known !== undefined && compare(known, wanted) <= 0) found = nri;
  }
  if (found === undefined) return { problem: `failed to find latest version for ${quote(runtimeVersion)}` };
  return { version: found };
}

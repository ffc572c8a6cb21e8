// Programs on old releases of the Go library: one plugin and one runtime for each, built when first asked for.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compareVersions } from "@nri/protocol";
import { cacheDir, conformanceDir } from "../paths.js";
import { output } from "../peers/child.js";
import { type Availability, available } from "../requirements.js";

const sourceDir = join(conformanceDir, "old-peers/go");
/** What a build may take: five modules of a few hundred kilobytes each, and the standard library the first time. */
const BUILD_TIMEOUT_MS = 300_000;

/** A release of the Go library, and what is special about it. */
export interface OldRelease {
  /** Such as `v0.2.0`. */
  readonly version: string;
  /** Part of `npm run test:peers`; the others are added by `npm run test:old-peers`. */
  readonly always: boolean;
  /** A runtime that came with it, as the table of known releases has it. */
  readonly runtime: readonly [name: string, version: string];
  /** The version of NRI that is inferred from that. */
  readonly inferred: string;
  /** Build tags that the sources need for it. */
  readonly tags: readonly string[];
}

const NO_CONTEXT = "nri_no_context";
const NO_POD_UPDATES = "nri_no_pod_updates";
/** Leaves the WebAssembly runtime out, as that release allows: it takes half of the time of a build. */
const NO_WASM = "nri_no_wasm";

function release(
  version: string,
  runtime: readonly [string, string],
  tags: readonly string[],
  more: { readonly always?: boolean; readonly inferred?: string } = {},
): OldRelease {
  return { version, runtime, tags, always: more.always ?? false, inferred: more.inferred ?? version };
}

/** The releases, oldest first. v0.1.0 speaks another protocol. */
export const OLD_RELEASES: readonly OldRelease[] = [
  release("v0.2.0", ["cri-o", "v1.26.0"], [NO_CONTEXT, "nri_config_file", NO_POD_UPDATES], { always: true }),
  release("v0.3.0", ["containerd", "v1.7.0"], [NO_CONTEXT, NO_POD_UPDATES], { always: true }),
  release("v0.4.0", ["containerd", "v1.7.7"], [NO_POD_UPDATES]),
  release("v0.5.0", ["cri-o", "v1.29.0"], [NO_POD_UPDATES]),
  release("v0.6.0", ["containerd", "v1.7.14"], [NO_POD_UPDATES]),
  release("v0.6.1", ["containerd", "v1.7.16"], [NO_POD_UPDATES], { always: true }),
  // no runtime was released with it
  release("v0.7.0", ["containerd", "v1.7.20"], [NO_POD_UPDATES], { inferred: "v0.6.1" }),
  release("v0.8.0", ["containerd", "v2.1.4"], [NO_POD_UPDATES], { always: true }),
  release("v0.9.0", ["cri-o", "v1.32.0"], [NO_POD_UPDATES]),
  release("v0.10.0", ["containerd", "v2.2.0"], [NO_WASM]),
  release("v0.11.0", ["containerd", "v2.2.1"], [NO_WASM], { always: true }),
];

/** Whether plugins and runtimes of that release know UpdatePodSandbox, PostUpdatePodSandbox and validation. */
export function knowsPodUpdates({ tags }: OldRelease): boolean {
  return !tags.includes(NO_POD_UPDATES);
}

/** Whether plugins of that release take a Synchronize in parts: since v0.7.0. */
export function takesParts({ version }: OldRelease): boolean {
  return (compareVersions(version, "v0.7.0") ?? -1) >= 0;
}

/** The releases of this run: all where NRI_OLD_PEERS is `all`. */
export const releasesOfThisRun: readonly OldRelease[] = OLD_RELEASES.filter(
  ({ always }) => always || process.env.NRI_OLD_PEERS === "all",
);

/** Absolute names of the programs of one release, and the module that they must be linked with. */
export interface OldPeers {
  readonly runtime: string;
  readonly plugin: string;
}

/** The programs of one release, built into conformance/.cache/old-peers when needed. */
export async function oldPeers({ version, tags }: OldRelease): Promise<Availability<OldPeers>> {
  return await available(`Go programs on NRI ${version}`, async () => {
    const dir = join(cacheDir, "old-peers", version);
    const stamp = join(dir, ".built-from");
    const wanted = `${(await output("go", ["env", "GOVERSION"])).trim()} ${tags} ${hashOf(version)}`;
    if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
      mkdirSync(dir, { recursive: true });
      const module = `-modfile=versions/${version}.mod`;
      // -mod=readonly: the build must come from the committed sums; -s -w: half the size
      const flags = ["-trimpath", "-mod=readonly", "-ldflags=-s -w", module, "-tags", tags.join(",")];
      await output("go", ["build", ...flags, "-o", `${dir}/`, "./..."], {
        cwd: sourceDir,
        env: { ...process.env, CGO_ENABLED: "0" },
        timeout: BUILD_TIMEOUT_MS,
      });
      writeFileSync(stamp, wanted);
    }
    const peers = { runtime: join(dir, "oldruntime"), plugin: join(dir, "oldplugin") };
    for (const file of Object.values(peers)) {
      // the linker writes the modules a program is made of into it
      if (!readFileSync(file).includes(`github.com/containerd/nri\t${version}\t`))
        throw new Error(`${file} is not linked with containerd/nri ${version}`);
    }
    return peers;
  });
}

function hashOf(version: string): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(sourceDir, { recursive: true, encoding: "utf8" }).sort()) {
    if (!file.endsWith(".go") && !file.startsWith(`versions/${version}.`)) continue;
    hash.update(`${file}\0`).update(readFileSync(join(sourceDir, file)));
  }
  return hash.digest("hex");
}

// Programs on the Go packages of v0.1.0 (containerd/nri and its skel), built into conformance/.cache when first asked for.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, conformanceDir } from "../paths.js";
import { output } from "../peers/child.js";
import { type Availability, available } from "../requirements.js";

const sourceDir = join(conformanceDir, "legacy/go");
const BUILD_TIMEOUT_MS = 300_000;

/** Absolute names of the programs. */
export interface LegacyPeers {
  /** Calls plugins with the reference's client. */
  readonly caller: string;
  /** A plugin on the reference's skel. */
  readonly plugin: string;
  /** An NRI plugin that does with the reference's stub and client what a v010-adapter has to do; on v0.10.0, as the reference's own. */
  readonly adapter: string;
}

/** The programs; missing without Go, or when they cannot be built. */
export async function legacyPeers(): Promise<Availability<LegacyPeers>> {
  return await available("Go programs on NRI v0.1.0", async () => {
    const dir = join(cacheDir, "legacy");
    const stamp = join(dir, ".built-from");
    const wanted = `${(await output("go", ["env", "GOVERSION"])).trim()} ${hashOfSources()}`;
    if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
      mkdirSync(dir, { recursive: true });
      await build(dir, [], ["./oldcaller", "./oldplugin"]);
      await build(dir, ["-modfile=adapter.mod"], ["./oldadapter"]);
      writeFileSync(stamp, wanted);
    }
    const peers = {
      caller: join(dir, "oldcaller"),
      plugin: join(dir, "oldplugin"),
      adapter: join(dir, "oldadapter"),
    };
    // the linker writes the modules a program is made of into it
    const release = { caller: "v0.12.2", plugin: "v0.12.2", adapter: "v0.10.0" };
    for (const name of ["caller", "plugin", "adapter"] as const) {
      if (!readFileSync(peers[name]).includes(`github.com/containerd/nri\t${release[name]}\t`))
        throw new Error(`${peers[name]} is not linked with containerd/nri ${release[name]}`);
    }
    return peers;
  });
}

async function build(dir: string, options: readonly string[], packages: readonly string[]): Promise<void> {
  // -mod=readonly: the build must come from the committed sums
  const flags = ["-trimpath", "-mod=readonly", "-ldflags=-s -w", ...options, "-o", `${dir}/`];
  await output("go", ["build", ...flags, ...packages], {
    cwd: sourceDir,
    env: { ...process.env, CGO_ENABLED: "0" },
    timeout: BUILD_TIMEOUT_MS,
  });
}

function hashOfSources(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(sourceDir, { recursive: true, encoding: "utf8" }).sort()) {
    if (/\.(go|mod|sum)$/.test(file)) hash.update(`${file}\0`).update(readFileSync(join(sourceDir, file)));
  }
  return hash.digest("hex");
}

// The Go programs on the other end: built once from conformance/go, rebuilt when a source or the Go version changes.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDir, goDir } from "../paths.js";
import { type Availability, available } from "../requirements.js";
import { output } from "./child.js";

/** Absolute names of the built programs. */
export interface GoPeers {
  /** The reference adaptation without a container runtime. */
  readonly refruntime: string;
  /** A plugin on the reference stub. */
  readonly refplugin: string;
  /** ttrpc and mux alone. */
  readonly rawttrpc: string;
}

const PROGRAMS = ["refruntime", "refplugin", "rawttrpc"] as const;

/**
 * The Go programs, built when needed into conformance/.cache/go. NRI_GO_PEERS names a folder with built ones instead.
 * Missing when Go is missing, older than go.mod asks for, or the build fails.
 */
export async function goPeers(): Promise<Availability<GoPeers>> {
  return await available("Go peers", async () => {
    const given = process.env.NRI_GO_PEERS;
    const dir = given ?? (await build());
    const missing = PROGRAMS.filter((name) => !existsSync(join(dir, name)));
    if (missing.length > 0) throw new Error(`${dir} has no ${missing.join(", ")}`);
    return { refruntime: join(dir, "refruntime"), refplugin: join(dir, "refplugin"), rawttrpc: join(dir, "rawttrpc") };
  });
}

async function build(): Promise<string> {
  const version = (await output("go", ["env", "GOVERSION"]).catch(notInstalled)).trim();
  const least = /^go (\d+)\.(\d+)/m.exec(readFileSync(join(goDir, "go.mod"), "utf8"));
  const have = /^go(\d+)\.(\d+)/.exec(version);
  if (least && have && Number(have[1]) === Number(least[1]) && Number(have[2]) < Number(least[2])) {
    throw new Error(`need Go ${least[1]}.${least[2]} or newer, this is ${version}`);
  }
  const dir = join(cacheDir, "go");
  const stamp = join(dir, ".built-from");
  const wanted = `${version} ${hashSources()}`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return dir;
  mkdirSync(dir, { recursive: true });
  // -mod=readonly: the build must come from the committed go.sum
  await output("go", ["build", "-trimpath", "-mod=readonly", "-o", `${dir}/`, "./..."], {
    cwd: goDir,
    env: { ...process.env, CGO_ENABLED: "0" },
  });
  writeFileSync(stamp, wanted);
  return dir;
}

/** The release of newest.mod. */
export const NEWEST = "v0.12.5";

/**
 * Adaptation and plugin built against the newest release of the reference, into conformance/.cache; Go's own cache makes that
 * cheap the second time. Missing where the Go programs are.
 */
export async function newestGoPeers(): Promise<Availability<GoPeers>> {
  const usual = await goPeers();
  if ("missing" in usual) return usual;
  return await available("Go peers", async () => {
    const dir = join(cacheDir, `go-${NEWEST}`);
    mkdirSync(dir, { recursive: true });
    const options = ["-trimpath", "-mod=readonly", "-modfile=newest.mod", "-tags", "failurepolicy", "-o", `${dir}/`];
    const env = { ...process.env, CGO_ENABLED: "0" };
    await output("go", ["build", ...options, "./refruntime", "./refplugin"], { cwd: goDir, env });
    const built = await output("go", ["version", "-m", join(dir, "refruntime")]);
    if (!built.includes(`github.com/containerd/nri\t${NEWEST}`)) throw new Error(`newest.mod is not about ${NEWEST}`);
    return { ...usual.here, refruntime: join(dir, "refruntime"), refplugin: join(dir, "refplugin") };
  });
}

function notInstalled(error: NodeJS.ErrnoException): never {
  throw error.code === "ENOENT" ? new Error("Go is not installed, or not in PATH") : error;
}

function hashSources(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(goDir, { recursive: true, encoding: "utf8" }).sort()) {
    if (!/\.go$|^go\.(mod|sum)$/.test(file)) continue;
    hash.update(`${file}\0`).update(readFileSync(join(goDir, file)));
  }
  return hash.digest("hex");
}

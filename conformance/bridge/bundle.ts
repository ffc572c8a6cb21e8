// OCI bundles for whoever calls an OCI runtime without an engine.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FACT_ANNOTATIONS, FACT_COMMAND, FACT_ENV } from "./fact-place.js";

/** An OCI bundle with the container of the facts: what engines give theirs, as far as facts look at it. Gives its folder. */
export function bundle(dir: string, name: string, rootfs: string, user = 0): string {
  const path = join(dir, name);
  mkdirSync(path);
  const mount = (destination: string, type: string, ...options: string[]) => ({
    destination,
    type,
    source: type,
    options,
  });
  const spec = {
    ociVersion: "1.2.0",
    process: {
      args: FACT_COMMAND,
      env: ["PATH=/bin", ...Object.entries(FACT_ENV).map(([key, value]) => `${key}=${value}`)],
      cwd: "/",
      rlimits: [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }],
      user: { uid: user, gid: user, additionalGids: user === 0 ? [] : [2000] },
    },
    root: { path: rootfs },
    annotations: FACT_ANNOTATIONS,
    mounts: [
      mount("/proc", "proc"),
      mount("/dev", "tmpfs", "mode=755"),
      mount("/dev/mqueue", "mqueue"),
      mount("/tmp", "tmpfs"),
    ],
    linux: {
      cgroupsPath: `/nri-${name}`,
      namespaces: ["pid", "mount", "ipc", "uts"].map((type) => ({ type })),
      resources: { devices: [{ allow: false, access: "rwm" }] },
    },
  };
  writeFileSync(join(path, "config.json"), JSON.stringify(spec));
  return path;
}

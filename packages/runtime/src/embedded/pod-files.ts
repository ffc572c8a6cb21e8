// The files that an engine puts into every pod, and empty volumes.
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { NeededPath } from "./real-plan.js";

/** Makes what is mounted into the containers of a pod. */
export async function makePodFiles(needed: readonly NeededPath[], hostname: string): Promise<void> {
  for (const { path, kind } of needed) {
    if (kind === "folder") {
      await mkdir(path, { recursive: true });
      // Any user of the container may write, as in an emptyDir.
      await chmod(path, basename(path) === "shm" ? 0o1777 : 0o777);
      continue;
    }
    await mkdir(dirname(path), { recursive: true });
    const content = contentOf(basename(path), hostname);
    if (content !== undefined) await writeFile(path, content, { mode: 0o644 });
    // Without a resolver nothing is found by name, as on the machine itself.
    else await copyFile("/etc/resolv.conf", path).catch(() => writeFile(path, ""));
  }
}

function contentOf(name: string, hostname: string): string | undefined {
  if (name === "hostname") return `${hostname}\n`;
  if (name === "etc-hosts") return `127.0.0.1\tlocalhost ${hostname}\n::1\tlocalhost\n`;
  return name === "resolv.conf" ? undefined : "";
}

// A root filesystem that a container may write to without changing what it was made of.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LIMITS } from "../limits.js";
import { problemOf } from "./problem-of.js";

/**
 * A folder inside of `folder` with the content of `from`: an overlay over it, or a copy where the kernel or the file system has
 * no overlays. Rejects with what both said.
 */
export async function writableRootfs(from: string, folder: string): Promise<string> {
  const at = (name: string) => join(folder, name);
  for (const name of ["upper", "work", "rootfs"]) await mkdir(at(name), { recursive: true, mode: 0o755 });
  // These characters divide the options of the mount.
  const canMount = !/[,:\\]/.test(from + folder);
  const options = `lowerdir=${from},upperdir=${at("upper")},workdir=${at("work")}`;
  const mount = ["mount", "-t", "overlay", "overlay", "-o", options, at("rootfs")];
  const mounted = canMount ? await problemOf(mount, LIMITS.embedded.callMs) : "";
  if (mounted === undefined) return at("rootfs");
  const copied = await problemOf(["cp", "-a", `${from}/.`, at("rootfs")], LIMITS.embedded.copyMs);
  if (copied === undefined) return at("rootfs");
  const overlay = mounted === "" ? "" : ` (an overlay over it: ${mounted})`;
  throw new Error(`${from} could not be copied to ${at("rootfs")}: ${copied}${overlay}`);
}

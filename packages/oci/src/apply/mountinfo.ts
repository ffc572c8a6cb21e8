// Reads a mount table (/proc/self/mountinfo): how does a change below a path spread?
import { OciError } from "../errors.js";
import { cleanPath } from "./path.js";

// 36 35 98:0 /root /mount/point rw,noatime shared:1 master:2 - ext4 /dev/sda rw
const MOUNT_POINT = 4;
const FIRST_OPTIONAL = 6;

/**
 * Propagation of the mount that holds `path`: `rshared`, `rslave` or "" (private). Throws OciError when the table has no
 * mount above the path, which is so for relative paths.
 */
export function propagationOf(table: string, path: string): string {
  const clean = cleanPath(path);
  let found: { readonly point: string; readonly tags: readonly string[] } | undefined;
  for (const line of table.split("\n")) {
    const fields = line.split(" ");
    const end = fields.indexOf("-", FIRST_OPTIONAL);
    if (end < 0) continue;
    const point = octalUnescaped(fields[MOUNT_POINT] ?? "");
    if (isAbove(point, clean) && (found === undefined || point.length > found.point.length)) {
      found = { point, tags: fields.slice(FIRST_OPTIONAL, end) };
    }
  }
  if (found === undefined) {
    throw new OciError("mount-propagation", `failed to get mount info for ${JSON.stringify(path)}`);
  }
  for (const tag of found.tags) {
    if (tag.startsWith("shared:")) return "rshared";
    if (tag.startsWith("master:")) return "rslave";
  }
  return "";
}

/** Throws OciError unless `path` lies on a mount with one of the `accepted` propagations. */
export function checkPropagation(table: string, path: string, accepted: readonly string[]): void {
  const found = propagationOf(table, path);
  if (accepted.includes(found)) return;
  const wanted = JSON.stringify(accepted.join(" or "));
  throw new OciError(
    "mount-propagation",
    `path ${JSON.stringify(path)} mount propagation is ${JSON.stringify(found)}, not ${wanted}`,
  );
}

function isAbove(point: string, path: string): boolean {
  return point === path || path.startsWith(point.endsWith("/") ? point : `${point}/`);
}

// The kernel writes blank, tab, newline and backslash as \ooo.
function octalUnescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

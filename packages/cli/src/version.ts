// The version of this release, from the package's manifest.
import { readFileSync } from "node:fs";

/** Version such as `0.1.0`. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String((manifest as { version?: unknown }).version);
}

// Reads a V8 CPU profile and says which functions the samples fell into.
import { readFileSync } from "node:fs";

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
}

/** The `count` functions with most samples of their own, one line each with their share of all that are not idle. */
export function hottest(file: string, count: number): string {
  const { nodes, samples } = JSON.parse(readFileSync(file, "utf8")) as Profile;
  const names = new Map(nodes.map((node) => [node.id, name(node)]));
  const hits = new Map<string, number>();
  let total = 0;
  for (const sample of samples) {
    const where = names.get(sample) ?? "?";
    if (where.startsWith("(idle)")) continue;
    total++;
    hits.set(where, (hits.get(where) ?? 0) + 1);
  }
  return [...hits]
    .sort((a, b) => b[1] - a[1])
    .slice(0, count)
    .map(([where, n]) => `${((100 * n) / total).toFixed(1).padStart(5)} %  ${where}`)
    .join("\n");
}

function name({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const file = url.replace(/^.*\/(packages|bench|node_modules)\//, "$1/");
  return `${functionName || "(anonymous)"}${file ? `  ${file}:${lineNumber + 1}` : ""}`;
}

// What a plugin may be called: it becomes the name of a plugin, of a folder, of an npm package, of a DaemonSet and of a service.
import { basename } from "node:path";
import { checkPluginIndex, checkPluginName } from "@nri/protocol";

/** Longest name; Kubernetes takes 63 characters, and adds its own to it. */
const MAX_NAME = 50;

/** Why `name` cannot be taken; undefined when it can. */
export function nameProblem(name: string): string | undefined {
  const problem = problemOf(() => checkPluginName(name));
  if (problem !== undefined) return problem;
  if (name.length > MAX_NAME) return `invalid plugin name "${name}": longer than ${MAX_NAME} characters`;
  if (/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) return undefined;
  return `invalid plugin name "${name}": must begin with a letter and have lower-case letters, digits and - only, as names in Kubernetes and npm`;
}

/** Why `index` cannot be taken; undefined when it can. */
export function indexProblem(index: string): string | undefined {
  return problemOf(() => checkPluginIndex(index));
}

/** The name that a folder suggests. */
export function nameOfFolder(folder: string): string {
  return basename(folder).replace(/^\d\d-/, "");
}

function problemOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

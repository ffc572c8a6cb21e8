// Which plugins a container needs, by configuration and by annotation, and which it does without.
import { quote } from "@nri/protocol";
import type { ValidatorOptions } from "./options.js";
import { readStrings } from "./read-strings.js";

/** Pods name further plugins that they need with this annotation: a list of strings, YAML or JSON. */
export const REQUIRED_PLUGINS_ANNOTATION = "required-plugins.noderesource.dev";

/** What Go takes for a truth value. */
const TRUTH = new Map<string, boolean>([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false] as const),
]);

/** What is looked at. */
export interface RequiredSettings
  extends Pick<ValidatorOptions, "requiredPlugins" | "tolerateMissingPluginsAnnotation"> {
  readonly parseYaml: (text: string) => unknown;
}

/**
 * Names of the plugins that are required where `annotation` gives the annotations that hold. Throws for annotations that
 * cannot be read; one that tolerates is read first, and counts as wrong even when nothing is required.
 */
export function requiredPlugins(
  { requiredPlugins: required = [], tolerateMissingPluginsAnnotation: key = "", parseYaml }: RequiredSettings,
  annotation: (key: string) => string | undefined,
): readonly string[] {
  const tolerates = key === "" ? undefined : annotation(key);
  if (tolerates !== undefined) {
    const truth = TRUTH.get(tolerates);
    if (truth === undefined) {
      const why = `strconv.ParseBool: parsing ${quote(tolerates)}: invalid syntax`;
      throw new Error(`invalid ${key} annotation ${quote(tolerates)}: ${why}`);
    }
    if (truth) {
      return [];
    }
  }
  const more = annotation(REQUIRED_PLUGINS_ANNOTATION);
  if (more === undefined) {
    return required;
  }
  try {
    return [...required, ...readStrings(more, parseYaml)];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`invalid ${REQUIRED_PLUGINS_ANNOTATION} annotation ${quote(more)}: ${why}`, { cause: error });
  }
}

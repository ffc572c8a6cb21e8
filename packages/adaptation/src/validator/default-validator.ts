// The default validator as a builtin plugin.
import type { EventName } from "@nri/protocol";
import type { BuiltinPlugin } from "../builtin/builtin-plugin.js";
import { AdaptationError, errorText } from "../errors.js";
import { readValidatorOptions, type ValidatorOptions } from "./options.js";
import { requiredPlugins } from "./required.js";
import { checkRules } from "./rules.js";

/** What `defaultValidator` takes. */
export interface DefaultValidatorOptions extends ValidatorOptions {
  /** Reads the annotation that names required plugins, such as `parse` of the package `yaml`. */
  readonly parseYaml: (text: string) => unknown;
}

/** Requests for which required plugins must have answered, besides a creation, where it is a rule among others. */
const REQUESTS: ReadonlySet<EventName> = new Set<EventName>([
  "runPodSandbox",
  "updatePodSandbox",
  "startContainer",
  "updateContainer",
]);

/**
 * The builtin `00-default-validator`, to be put first among the `builtins`. It refuses containers to which plugins do what
 * the options forbid, or without the plugins that are required. With `compat: "reference"` such a plugin has to be
 * registered; else it must have answered, to what is asked of pods and of running containers as well.
 */
export function defaultValidator(options: DefaultValidatorOptions): BuiltinPlugin {
  checkOptions(options);
  return {
    index: "00",
    name: "default-validator",
    disabled: options.enable === false ? "built-in NRI default validator is disabled" : undefined,
    validateContainerAdjustment(request, context) {
      const { pod, container } = request;
      context.log.debug(`Validating adjustment of container ${pod?.namespace}/${pod?.name}/${container?.name}`);
      try {
        checkRules(options, request, context);
      } catch (error) {
        context.log.error(`rejecting adjustment: ${errorText(error)}`);
        throw error;
      }
    },
    requiredPlugins(query) {
      return REQUESTS.has(query.event) ? requiredPlugins(options, (key) => query.annotation(key)) : [];
    },
  };
}

/** A file's spelling, or a wrong one, would forbid nothing: it is refused where no compiler did so. */
function checkOptions({ parseYaml, ...options }: DefaultValidatorOptions): void {
  if (typeof parseYaml !== "function") {
    throw new AdaptationError("invalid-option", "defaultValidator: parseYaml is no function");
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const read = readValidatorOptions(given, "defaultValidator");
  const wrong = Object.keys(given).find((name) => !Object.hasOwn(read, name));
  if (wrong !== undefined) {
    const text = `"${wrong}" is its name in a file, which readValidatorOptions reads`;
    throw new AdaptationError("invalid-option", `defaultValidator: ${text}`);
  }
}

// The default validator as a builtin plugin.
import type { EventName } from "@nri/protocol";
import type { BuiltinPlugin } from "../builtin/builtin-plugin.js";
import { errorText } from "../errors.js";
import type { ValidatorOptions } from "./options.js";
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

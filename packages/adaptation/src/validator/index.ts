/**
 * The reference's default validator: restricted adjustments, and plugins that a container cannot do without.
 *
 * @packageDocumentation
 */
export type { BuiltinPlugin } from "../builtin/builtin-plugin.js";
export { type DefaultValidatorOptions, defaultValidator } from "./default-validator.js";
export { readValidatorOptions, type ValidatorOptions } from "./options.js";
export { REQUIRED_PLUGINS_ANNOTATION } from "./required.js";

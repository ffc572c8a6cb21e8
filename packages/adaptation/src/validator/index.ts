/**
 * The reference's default validator: restricted adjustments, and plugins that a container cannot do without.
 *
 * @packageDocumentation
 */
export { readValidatorOptions, type ValidatorOptions } from "./options.js";

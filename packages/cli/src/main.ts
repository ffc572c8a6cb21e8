/**
 * `nri`: the command line.
 *
 * @packageDocumentation
 */
export {};

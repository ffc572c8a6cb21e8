/**
 * SDK for NRI plugins in TypeScript.
 *
 * @packageDocumentation
 */
export {};

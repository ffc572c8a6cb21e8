/**
 * The runtime side of NRI: launch, order, relay, merge, ownership.
 *
 * @packageDocumentation
 */
export {};

/**
 * A node without an engine: pods, containers and the player of their life.
 *
 * @packageDocumentation
 */
export {};

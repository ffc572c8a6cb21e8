/**
 * What makes a plugin's file one that a runtime can start, for tools that write such files.
 *
 * @packageDocumentation
 */
export { nodeLine } from "./node-line.js";

// The first line of a script that starts where there is no PATH: the absolute path of Node.
import { PluginError } from "../errors.js";

/** Linux reads 256 bytes of a script's first line, "#!" and the end of the line among them. */
const MAX_NODE_PATH_BYTES = 250;

/**
 * First line, without its end, of a script that the Node at `node` shall run. Refuses (`invalid-argument`) paths that are
 * not absolute, have blanks or are too long: the kernel would not find it.
 */
export function nodeLine(node: string): string {
  if (!node.startsWith("/")) {
    throw new PluginError("invalid-argument", `${node}: a script must name Node by its absolute path`);
  }
  if (/\s/.test(node) || Buffer.byteLength(node) > MAX_NODE_PATH_BYTES) {
    throw new PluginError(
      "invalid-argument",
      `${node}: a script cannot name this Node, its path has blanks or is too long`,
    );
  }
  return `#!${node}`;
}

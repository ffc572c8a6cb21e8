// Which files are plugins for Node.js and not programs.

/** Their endings. */
export const NODE_FILES: readonly string[] = [".js", ".mjs", ".cjs", ".ts", ".mts"];

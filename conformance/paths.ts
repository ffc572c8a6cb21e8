// Where the files of the conformance suite are: the tests run from dist/, the data and scripts stay beside the sources.
import { fileURLToPath } from "node:url";

/** The folder `conformance/` itself. */
export const conformanceDir = fileURLToPath(new URL("..", import.meta.url));
/** The root of the repository. */
export const repositoryDir = fileURLToPath(new URL("../..", import.meta.url));

/** Everything fetched or built for the tests; ignored by git. */
export const cacheDir = `${conformanceDir}.cache`;
/** Recorded sessions and messages. */
export const goldenDir = `${conformanceDir}golden`;
/** Sources of the Go programs. */
export const goDir = `${conformanceDir}go`;
/** Scripts that bring real runtimes up and down. */
export const peersDir = `${conformanceDir}peers`;

/** The committed program `nri`. */
export const nriProgram = `${repositoryDir}packages/cli/bin/nri.js`;

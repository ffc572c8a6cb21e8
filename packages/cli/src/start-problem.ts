// What fails the start of an adaptation is the user's to repair: folders, sockets, configuration.
import { AdaptationError, type AdaptationErrorCode } from "@nri/adaptation";
import { UsageError } from "./host.js";

const OF_THE_USER: readonly AdaptationErrorCode[] = [
  "invalid-option",
  "discovery-failed",
  "config-unreadable",
  "socket-failed",
  "socket-in-use",
  "socket-path-too-long",
  "not-a-socket",
];

/** Throws a UsageError for these, and everything else as it is. */
export function asStartProblem(error: unknown): never {
  if (error instanceof AdaptationError && OF_THE_USER.includes(error.code))
    throw new UsageError(error.message, { cause: error });
  throw error;
}

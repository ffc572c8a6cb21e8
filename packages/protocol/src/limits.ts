// Every limit of this package.

/** Largest message, in bytes, that is encoded or decoded. ttRPC carries at most 4 MiB; a Synchronize request is measured before it is split. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/**
 * Most fields, set or not, that the sub-messages of one decoded message may have together. Two bytes on the wire can
 * become a container of 22 fields in memory; this bounds what a peer can make us allocate. 4 MiB of the densest
 * updates stay below it.
 */
export const MAX_MESSAGE_FIELDS = 4 * 1024 * 1024;

/** Deepest nesting of unknown groups that is skipped. Messages of NRI themselves do not recurse. */
export const MAX_GROUP_DEPTH = 100;

/** Encode buffer, in bytes, that is kept between messages; a larger one is given back. */
export const KEPT_BUFFER_BYTES = 1024 * 1024;

/** Strings of earlier messages that are kept to be found again; a power of 2. */
export const KNOWN_TEXTS = 1024;

/** Longest string, in bytes, that is looked for among them: making a longer one anew is faster than comparing it. */
export const KNOWN_TEXT_BYTES = 24;

/** The same for keys of maps, which gain more. */
export const KNOWN_KEY_BYTES = 64;

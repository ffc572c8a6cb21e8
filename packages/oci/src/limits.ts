// Every maximum of this package, with its default.

/** How much JSON is read and written. */
export interface JsonLimits {
  /** Characters of one document (bytes when it is given as bytes). */
  readonly maxLength: number;
  /** Objects and arrays inside each other. */
  readonly maxDepth: number;
}

/** 16 MiB and 128 levels: a hundred times what a real OCI spec needs. */
export const DEFAULT_JSON_LIMITS: JsonLimits = { maxLength: 16 * 1024 * 1024, maxDepth: 128 };

/** How much of the node's configuration (CDI specs, class files, mount tables) is read. */
export interface FileLimits {
  /** Bytes of one file. */
  readonly maxFileBytes: number;
  /** Entries of one folder. */
  readonly maxDirEntries: number;
  /** Entries after YAML aliases are followed, so that a small file cannot become a huge value. */
  readonly maxYamlAliases: number;
}

/** 4 MiB a file, 4096 entries a folder, 1000 aliases a YAML document. */
export const DEFAULT_FILE_LIMITS: FileLimits = {
  maxFileBytes: 4 * 1024 * 1024,
  maxDirEntries: 4096,
  maxYamlAliases: 1000,
};

// Every maximum of this package, with the reason for its size.

/** Upper bounds for what an input may ask for. */
export const LIMITS = {
  /** Characters of one input file. A manifest is text for people; etcd refuses objects above 1.5 MiB. */
  inputCharacters: 64 * 1024 * 1024,
  /** Objects in one input, `List` items included; stops YAML aliases that multiply. */
  objects: 10_000,
  /** Nodes visited while a document is read as plain data; stops YAML aliases that multiply. */
  documentNodes: 2_000_000,
  /** Nesting of lists and maps in one document; the YAML parser's stack ends below 800. */
  depth: 500,
  /** Containers in one pod. */
  containersPerPod: 1_000,
  /** Characters of a value quoted in an error. */
  quotedCharacters: 60,
  /** Characters of one environment variable after `$(VAR)` expansion, which can double with every line. */
  environmentCharacters: 1024 * 1024,
  /** Lines kept of what one plugin of a fake node logs or prints; the oldest go. */
  logLines: 10_000,
  /** Plugins of a fake node that have no index of their own; they get 10, 11, ... 99. */
  unnumberedPlugins: 90,
  /** Milliseconds that a test waits for an update that a plugin asks for on its own, unless it says otherwise. */
  updateWaitMs: 2000,
} as const;

// Every maximum of this package, grouped by part.

/** Upper bounds, with the reason for their size. */
export const LIMITS = {
  config: {
    /** Bytes of the configuration file: thousands of policies. */
    maxBytes: 1024 * 1024,
  },
  containerd: {
    /** How long one call of its API may take, in milliseconds; it may be starting. */
    callMs: 5_000,
    /** How long all records of one namespace may take, in milliseconds: thousands on a busy node. */
    listMs: 60_000,
    /** Bytes of one message: a record with the largest spec that an OCI runtime is given, and the tasks of a namespace. */
    maxMessageBytes: 16 * 1024 * 1024,
    /** Namespaces; a node has a handful, and each is kept for good. */
    maxDomains: 256,
    /** Pods and containers of one namespace; a node has hundreds. */
    maxRecords: 100_000,
    /** Calls at the same time while the records of a namespace are read. */
    maxConcurrentCalls: 8,
    /** Pauses before a lost stream of events is asked for again, in milliseconds: the first, doubled up to the last. */
    minPauseMs: 100,
    maxPauseMs: 2_000,
    /** How long CRI may take after containerd serves until it is known whether that has NRI, in milliseconds. */
    criReadyMs: 10_000,
    /** Bytes of /proc/net/unix, and descriptors of containerd, that are looked at. */
    maxSocketTableBytes: 16 * 1024 * 1024,
    maxDescriptors: 65_536,
  },
} as const;

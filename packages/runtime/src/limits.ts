// Every maximum of this package, grouped by part.

/** Maxima of leases; each can be changed by `listenForLeases({ limits })`. */
export interface LeaseLimits {
  /** Calls of the OCI runtime under way at a time, those of `run` in the foreground among them; more are refused. */
  readonly maxLeases: number;
  /** Bytes of a `config.json`. */
  readonly maxSpecBytes: number;
  /** Bytes of the resources of `update`. */
  readonly maxResourcesBytes: number;
  /** Bytes of all specs and resources that wait for their answer; calls beyond that are refused. */
  readonly maxWaitingBytes: number;
  /** How long a wrapper may take to say what it wants, once it has begun, in milliseconds. */
  readonly questionMs: number;
  /** How long an answer may take, in milliseconds; the call is refused then. The wrapper waits a little longer. */
  readonly answerMs: number;
  /** Bytes of the text of a refusal; the rest is cut off. */
  readonly maxTextBytes: number;
  /** How often what killed wrappers left is looked for, in milliseconds. */
  readonly sweepMs: number;
}

const LEASE: LeaseLimits = {
  maxLeases: 4096,
  maxSpecBytes: 16 * 1024 * 1024,
  maxResourcesBytes: 1024 * 1024,
  maxWaitingBytes: 256 * 1024 * 1024,
  questionMs: 10_000,
  answerMs: 60_000,
  maxTextBytes: 4000,
  sweepMs: 60_000,
};

/** Upper bounds, with the reason for their size. */
export const LIMITS = {
  config: {
    /** Bytes of the configuration file: thousands of policies. */
    maxBytes: 1024 * 1024,
    /** Bytes of a socket's path, without the byte that ends it: what Linux takes. */
    maxSocketPathBytes: 107,
  },
  containerd: {
    /** How long one call of its API may take, in milliseconds; it may be starting. */
    callMs: 5_000,
    /** How long a question about one task may wait for its shim before the OCI runtime itself is asked, in milliseconds. */
    busyMs: 500,
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
  },
  process: {
    /** Bytes of /proc/net/unix, and descriptors of an engine, that are looked at. */
    maxSocketTableBytes: 16 * 1024 * 1024,
    maxDescriptors: 65_536,
  },
  engineApi: {
    /** How long one question to an engine's HTTP API may take, in milliseconds; it may be starting. */
    callMs: 5_000,
    /** Connections to one engine at the same time; questions beyond that wait for one, within their time. */
    maxConnections: 64,
    /** Bytes of one answer: the list of some ten thousand containers. */
    maxAnswerBytes: 64 * 1024 * 1024,
    /** Characters of one event. */
    maxLineCharacters: 1024 * 1024,
  },
  docker: {
    /** How long a question about one container may wait before it is done without: its engine may hold it for our very answer. */
    busyMs: 500,
    /** Containers of one engine; a node has hundreds. */
    maxContainers: 100_000,
    /** Questions at the same time while containers are listed. */
    maxConcurrentCalls: 8,
    /** Containers of which it is kept when their latest life has begun; the oldest are forgotten first. */
    maxLives: 65_536,
    /** Bytes of what dockerd writes down of one container. */
    maxSavedBytes: 4 * 1024 * 1024,
    /** Pauses before a lost stream of events is asked for again, in milliseconds: the first, doubled up to the last. */
    minPauseMs: 100,
    maxPauseMs: 2_000,
    /** Creations, reloads and ends that wait for each other in Docker's own NRI; one more is refused. */
    maxWaiting: 4_096,
  },
  podman: {
    /** How long a question may wait before it is done without: podman may hold the container for our very answer. In milliseconds. */
    busyMs: 500,
    /** How long podman's own program may take, which is asked while its API is away, in milliseconds; and bytes of what it prints. */
    programMs: 3_000,
    maxProgramBytes: 64 * 1024 * 1024,
    /** Questions at the same time while containers are listed. */
    maxConcurrentCalls: 4,
    /** How long the list of all containers may take when its API comes, in milliseconds: as long as one is held. */
    learnMs: 2_000,
    /** How often processes and folders of containers are looked at, in milliseconds. */
    lookMs: 200,
    /** How long after the end of a process its exit code is waited for, in milliseconds. */
    exitFileMs: 1_000,
    /** Folders of exit files; there is one for each podman with a state of its own. */
    maxExitFolders: 16,
    /** Containers that are watched, and that are kept by name; the oldest are forgotten first. */
    maxWatched: 65_536,
    maxFacts: 65_536,
    /** Bytes of the list of containers, or images, of a storage. */
    maxStorageBytes: 64 * 1024 * 1024,
    /** Such lists that are kept: three for each storage. */
    maxStorageFiles: 12,
    /** Pauses before a lost stream of events is asked for again, in milliseconds: the first, doubled up to the last. */
    minPauseMs: 100,
    maxPauseMs: 2_000,
  },
  serve: {
    /** How often the lock of the state folder is tried: two daemons that start at the same moment may both step back. */
    lockAttempts: 4,
    /** About how long is waited before the next time, in milliseconds. */
    lockPauseMs: 100,
    /** Connections to the control socket at the same time. */
    maxControlConnections: 64,
    /** How long a client of the control socket may take for a request, in milliseconds. */
    controlRequestMs: 5_000,
    /** Bytes that may wait for one who follows the events and does not read them; it is let go then. */
    maxFollowerBytes: 1024 * 1024,
    /** Who follows the events, at the same time. */
    maxFollowers: 16,
    /** Bytes of an answer on the control socket: the capabilities of every namespace. */
    maxControlBytes: 16 * 1024 * 1024,
  },
  common: {
    /** Pods and containers that are known at once; a creation beyond it is refused. */
    maxKnown: 65_536,
    /** Calls and events that wait for their turn with one pod or container. */
    maxWaitingPerKey: 64,
    /** Events of engines that wait for the end of the start; beyond it everything is compared with the engines again. */
    maxEarlyEvents: 16_384,
    /** Bytes of one record's file. */
    maxRecordBytes: 16 * 1024 * 1024,
    /** Records that could not be read and are kept for a look; the oldest go first. */
    maxBadRecords: 100,
    /** How long an engine may take to tell what exists, in milliseconds, as all times here. */
    listMs: 60_000,
    /** How long it may take to tell one process. */
    askPidMs: 10_000,
    /** How long an engine may take for one update or eviction. */
    changeMs: 20_000,
    /** How long an operation keeps plugins from being synchronised, whatever the runtime does meanwhile. */
    syncBlockMs: 60_000,
    /** How long a container that the real runtime was asked for may be unknown to its engine after a restart of the daemon. */
    pendingMs: 60_000,
    /** How long after the loss of a lease the engine is asked again whether the container exists after all. */
    secondLookMs: 300,
    /** How often an engine is asked whether a container runs whose `run` has not ended. */
    runLookMs: 100,
    /** How long it is asked that. */
    runLookTotalMs: 60_000,
    /** How often in a row the same engine is compared, because things change meanwhile. */
    maxCompares: 5,
    /** How long it waits between two of them. */
    compareAgainMs: 2000,
    /** How long the end waits for operations that are under way. */
    stopMs: 2000,
  },
  lease: LEASE,
  journal: {
    /** Events that are kept for those who come later: a few thousand containers' lives, a few hundred bytes each. */
    maxEvents: 4_096,
    /** Characters of all of them. */
    maxEventCharacters: 4 * 1024 * 1024,
    /** Characters of a text in an event; the rest is cut off. */
    maxTextCharacters: 1_000,
    /** Plugins that one event names. */
    maxNames: 64,
    /** Creations under way of which it is kept who asked for what; the oldest are forgotten first. */
    maxCreating: 1_024,
    /** Bytes of what is kept of one request, packed; of a larger one only the facts are kept. */
    maxEntryBytes: 1024 * 1024,
    /** Bytes of one entry when it is unpacked again. */
    maxUnpackedBytes: 128 * 1024 * 1024,
    /** Updates that are kept of one container, the latest. */
    maxUpdates: 32,
    /** Containers that were refused or are gone, and are kept for a look: how many, and their bytes. */
    maxPast: 256,
    maxPastBytes: 8 * 1024 * 1024,
    /** Plugins that have ended, and are kept for a look. */
    maxEndedPlugins: 64,
    /** Updates of a synchronisation of which it is kept who asked for them, until they are applied. */
    maxOrigins: 1_024,
  },
  runtime: {
    /** How long the real runtime may take for `state`, `update`, `kill` or `list`, in milliseconds. */
    callMs: 10_000,
    /** Bytes of what it writes. */
    maxOutputBytes: 8 * 1024 * 1024,
  },
  image: {
    /** Entries of one archive; a large image has some hundred thousand files. */
    entries: 4_000_000,
    /** Bytes of the files of one archive, unpacked. */
    bytes: 64 * 1024 ** 3,
    /** Bytes of an index, manifest or configuration. */
    jsonBytes: 4 * 1024 * 1024,
    /** Indexes inside of indexes. */
    indexDepth: 4,
    /** Symbolic links on the way to one file, as in Linux. */
    links: 40,
  },
  embedded: {
    /** How long one call of the OCI runtime may take, in milliseconds. */
    callMs: 30_000,
    /** How long the copy of a root filesystem may take, in milliseconds. */
    copyMs: 300_000,
    /** Bytes that one call of it may write. */
    callBytes: 1024 * 1024,
    /** Bytes of its log that are looked at for the reason of a failure. */
    logBytes: 256 * 1024,
    /** How long a pod's namespaces may take to be made, in milliseconds. */
    sandboxMs: 10_000,
    /** How long everything may take to be taken away, in milliseconds. */
    cleanMs: 30_000,
    /** Characters of one line of a container's output; longer ones are cut into lines of this length. */
    lineCharacters: 64 * 1024,
    /** Lines that are kept of what is written before a container is created. */
    earlyLines: 1000,
    /** How long the last output of a container that has ended is waited for, in milliseconds. */
    lastWordsMs: 200,
    /** How often processes and folders of containers are looked at, in milliseconds: exits are told within one second. */
    lookMs: 200,
    /** The same after it went wrong. */
    slowLookMs: 5_000,
    /** How long a container that should come may be unseen before what exists is compared, in milliseconds; doubled each time. */
    unseenMs: 400,
    /** How often that is done: about two minutes, longer than any answer may take. */
    unseenLooks: 8,
    /** Other roots of the runtime that are warned of. */
    otherRoots: 100,
    /** Ends of processes that are kept until it is known which one is the container's. */
    earlyExits: 1024,
  },
} as const;

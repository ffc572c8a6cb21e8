// The maxima of everything that queues, waits or grows on the runtime side, in one place.

/** Named maxima; each can be changed by `createAdaptation({ limits })`. */
export interface AdaptationLimits {
  /** Requests of the runtime that wait for their turn. */
  readonly maxQueuedRequests: number;
  /** Requests of the runtime that are under way at the same time, where `relay` lets several be. */
  readonly maxRequestsUnderWay: number;
  /**
   * Events that wait for one plugin which is being synchronised. When there are more, requests wait until it has joined.
   * Also how much may come and go while the runtime gathers its state for a plugin; when there is more, it does not join.
   */
  readonly maxQueuedEvents: number;
  /** Bytes of those events. */
  readonly maxQueuedEventBytes: number;
  /** Plugins that are synchronised at the same time. */
  readonly maxConcurrentSyncs: number;
  /** How long a plugin may take to be found gone before another one of the same index and name is refused. Milliseconds. */
  readonly duplicateGraceMs: number;
  /** Connections that have not become an active plugin yet. */
  readonly maxPendingConnections: number;
  /** Active plugins. */
  readonly maxPlugins: number;
  /** Programs that are started at the same time. */
  readonly maxConcurrentLaunches: number;
  /** Calls that one plugin has left unanswered beyond their deadline; one that has more is dropped. */
  readonly maxLateCalls: number;
  /** Bytes of one plugin's configuration file. */
  readonly maxConfigBytes: number;
  /** Bytes of one line of a plugin's output, and of a module's log; the rest of the line is cut off, with a note. */
  readonly maxOutputLineBytes: number;
  /** Lines of one stream of a plugin's output that are handed on per second; more are counted and reported as a number. */
  readonly maxOutputLinesPerSecond: number;
  /** Lines of one stream of a plugin's output that are read per second; a plugin that writes more has to wait. */
  readonly maxReadLinesPerSecond: number;
  /** Bytes of one stream of a plugin's output that are read per second; a plugin that writes more has to wait. */
  readonly maxReadBytesPerSecond: number;
  /** Bytes of the end of a plugin's output that are kept for `PluginInfo`. */
  readonly maxOutputTailBytes: number;
  /** Bytes of the file of a WebAssembly module. */
  readonly maxWasmModuleBytes: number;
  /** Bytes of a module's memory; it gets no more, and sees that. At most 4 GiB. */
  readonly maxWasmMemoryBytes: number;
  /** Bytes of one request to a module; the runtime's state may come in several. */
  readonly maxWasmRequestBytes: number;
  /** Bytes of one answer of a module. */
  readonly maxWasmAnswerBytes: number;
  /** How long a program may take to end after its connection closed, before it gets SIGTERM. Milliseconds. */
  readonly exitGraceMs: number;
  /** How long a program, and what it has started, may take to end after SIGTERM, before SIGKILL. Milliseconds. */
  readonly termGraceMs: number;
}

/** The limits that hold when nothing else is said. */
export const DEFAULT_LIMITS: AdaptationLimits = {
  maxQueuedRequests: 4096,
  maxRequestsUnderWay: 256,
  maxQueuedEvents: 4096,
  maxQueuedEventBytes: 16 * 1024 * 1024,
  maxConcurrentSyncs: 128,
  duplicateGraceMs: 250,
  maxPendingConnections: 1024,
  maxPlugins: 1024,
  maxConcurrentLaunches: 8,
  maxLateCalls: 32,
  maxConfigBytes: 1024 * 1024,
  maxOutputLineBytes: 4096,
  maxOutputLinesPerSecond: 200,
  maxReadLinesPerSecond: 100_000,
  maxReadBytesPerSecond: 32 * 1024 * 1024,
  maxOutputTailBytes: 64 * 1024,
  maxWasmModuleBytes: 64 * 1024 * 1024,
  maxWasmMemoryBytes: 256 * 1024 * 1024,
  maxWasmRequestBytes: 64 * 1024 * 1024,
  maxWasmAnswerBytes: 4 * 1024 * 1024,
  exitGraceMs: 500,
  termGraceMs: 500,
};

/** Longest path of a unix socket in bytes: `sun_path` has 108, one is the terminating zero. */
export const MAX_SOCKET_PATH_BYTES = 107;

/** The longest time a timer takes: a longer one would fire at once. */
export const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** How often a policy may ask a plugin again. */
export const MAX_RETRY_ATTEMPTS = 100;

/** Entries of one list of the policies. */
export const MAX_POLICY_RULES = 1024;

/** Made-up creations that a warm-up asks its plugins about, and as many events. */
export const WARM_UP_ROUNDS = 100;

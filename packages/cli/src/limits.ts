// Every maximum of the command line.

/** Upper bounds, with the reason for their size. */
export const LIMITS = {
  /** Bytes of one input file. */
  inputBytes: 64 * 1024 * 1024,
  /** Bytes of one configuration file of a plugin, as the adaptation has it for those it discovers. */
  configBytes: 1024 * 1024,
  /** Plugins given one by one; indices end at 99. */
  plugins: 90,
  /** Characters of one value in a table for people. */
  shownCharacters: 120,
  /** Lines up to which two specs are compared line by line. */
  diffLines: 50_000,
  /** Milliseconds after which a person is told what is waited for. */
  progressAfterMs: 700,
  /** Milliseconds that plugins have to end when the user ends us. */
  endGraceMs: 1000,
  /** Milliseconds that containers of `nri run` have to end after SIGTERM, unless it is said otherwise. */
  containerGraceMs: 10_000,
  /** Milliseconds that plugins started by a command line have to end by themselves when their connection is closed. */
  spawnedGraceMs: 300,
  /** Milliseconds that they have to end after SIGTERM. */
  spawnedEndMs: 5000,
  /** Milliseconds that systemd-notify may take. */
  notifyMs: 10_000,
  /** Milliseconds that one step of making an executable may take. */
  toolMs: 120_000,
  /** Characters of one step of a scenario. */
  stepCharacters: 64 * 1024 * 1024,
} as const;

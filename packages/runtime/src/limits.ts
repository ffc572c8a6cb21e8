// Every maximum of this package, grouped by part.

/** Upper bounds, with the reason for their size. */
export const LIMITS = {
  config: {
    /** Bytes of the configuration file: thousands of policies. */
    maxBytes: 1024 * 1024,
  },
} as const;

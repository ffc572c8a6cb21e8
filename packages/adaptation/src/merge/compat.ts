// Which rules the merge follows.

/**
 * `default` honours what the reference drops by mistake; `reference` does exactly what the reference does. What differs
 * in merging:
 *
 * | | `default` | `reference` |
 * |---|---|---|
 * | env and devices removed without a new one | mark in the reply, so that original ones go | no mark: only earlier plugins' additions go |
 * | annotation, sysctl, net device removed without a new one | an earlier plugin's value leaves the reply, later plugins do not see it | it stays beside the mark |
 * | pids limit in an update | applied as any other limit | ignored; claimed when the request has one |
 * | claims of an ignored update | taken back | those before the conflict stay |
 * | the updated container named without resources | what the runtime asked for stays | it is lost |
 * | no update for the container itself | left out of the answer | an empty entry |
 * | evictions | collected | dropped |
 */
export type Compat = "default" | "reference";

/** How to collect. */
export interface CollectorOptions {
  /** `default` when absent. */
  readonly compat?: Compat | undefined;
}

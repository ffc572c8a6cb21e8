// A call of the OCI runtime as its wrapper tells of it.

/** The calls that the wrapper brings to the daemon; every other becomes the real runtime at once. */
export const LIFECYCLE = ["create", "run", "restore", "start", "update"] as const;

/** One of them. */
export type RuntimeVerb = (typeof LIFECYCLE)[number];

/** What is told of a call. All of it is the engine's, or its user's: nothing here is opened as a path, or trusted. */
export interface RuntimeCall {
  /** The runtime's command. */
  readonly verb: RuntimeVerb;
  /** Id of the container. */
  readonly id: string;
  /** Value of `--root`; empty when there is none. */
  readonly root: string;
  /** Value of `--bundle` as an absolute name; empty for `start` and `update`. */
  readonly bundle: string;
  /** The engine for which the wrapper was installed: `containerd`, `docker`, `podman`, or `oci` for whoever calls. */
  readonly engine: string;
}

// Where wrappers and the daemon meet, said once for both.

/** The lease's socket, unless told otherwise. Its folder is the daemon's alone. */
export const DEFAULT_LEASE_SOCKET = "/run/nri-bridge/oci/lease.sock";

// A device node of the host, as a question that the pure parts ask.

/** What a device node is. */
export interface HostDevice {
  /** `b` block, `c` character, `p` fifo. */
  readonly type: "b" | "c" | "p";
  /** Major number. */
  readonly major: bigint;
  /** Minor number. */
  readonly minor: bigint;
  /** Permission bits. */
  readonly mode: number;
}

/** Looks up a device node. Throws when there is none at the path, or something else. */
export type HostDeviceLookup = (path: string) => HostDevice;

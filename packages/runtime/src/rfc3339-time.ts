// Times as Go prints them.

/** A time such as `2026-11-27T21:33:57.159243247Z`, in nanoseconds since the epoch; 0 for Go's zero time, and for none. */
export function nanoseconds(time: string): bigint {
  const [, upToSeconds, fraction = "", zone = ""] = /^(\S{19})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? [];
  const milliseconds = upToSeconds === undefined ? Number.NaN : Date.parse(upToSeconds + zone);
  if (!(milliseconds > 0)) return 0n;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

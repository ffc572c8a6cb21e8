// The Go client of v0.1.0 has the path of its configuration built in: here is how it gets another file there.

/** Arguments of unshare before a program that shall find DIR/nri as its /etc/nri; DIR/etc must be there. */
export function inOwnEtc(dir: string): string[] {
  const mounts = [
    'd=$1; shift; mount -t tmpfs none "$d/etc"; cp -a /etc/. "$d/etc"; mkdir -p "$d/etc/nri"',
    'mount --bind "$d/nri" "$d/etc/nri"; mount --rbind "$d/etc" /etc; exec "$@"',
  ];
  return ["--mount", "--propagation", "private", "sh", "-ec", mounts.join("; "), "sh", dir];
}

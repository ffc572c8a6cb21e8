#!/bin/sh
# podman-down.sh DIR STATE [--purge]
#
# Removes all pods and containers of the podman state STATE (see podman-run.sh),
# their cgroups, and undoes its mounts. --purge also deletes STATE.
set -eu
[ $# -ge 2 ] || { echo "usage: podman-down.sh DIR STATE [--purge]" >&2; exit 2; }
[ -d "$2" ] || exit 0
HERE=$(cd "$(dirname "$0")" && pwd -P); S=$(cd "$2" && pwd -P)
export NO_IMAGE=1
podman() { timeout 60 "$HERE/podman-run.sh" "$DIR" "$S" "$@" 2>/dev/null || :; }
DIR=$1
if [ -e "$S/.configured" ]; then
  ids="$(podman ps --all --quiet --no-trunc --external=false) $(podman pod ps --quiet --no-trunc)"
  podman pod rm --all --force --time 0 >/dev/null
  podman rm --all --force --time 0 >/dev/null
  for id in $ids; do
    for g in /sys/fs/cgroup/*/libpod_parent/*"$id"* /sys/fs/cgroup/libpod_parent/*"$id"*; do
      [ ! -d "$g" ] || find "$g" -depth -type d -exec rmdir {} \; 2>/dev/null || :
    done
  done
fi
# what conmon starts at each end to clean up mounts again what is undone below
left() {
  for d in /proc/[0-9]*; do
    c=$({ tr '\0' ' ' < "$d/cmdline"; } 2>/dev/null || :)
    case $c in *conmon*" $S/"* | *podman*" --root $S/"*) echo "${d#/proc/}" ;; esac
  done
}
i=0; while [ -n "$(left)" ]; do
  i=$((i+1)); [ $i -lt 50 ] || { kill $(left) 2>/dev/null || :; break; }
  sleep 0.1
done
awk -v p="$S/" 'index($5,p)==1 {print $5}' /proc/self/mountinfo | sort -r | while read -r m; do umount -l "$m" 2>/dev/null || :; done
# the cgroups of all podmans are below this one: it goes with the last (rmdir leaves any other alone)
for g in /sys/fs/cgroup/*/libpod_parent/conmon /sys/fs/cgroup/*/libpod_parent; do [ ! -d "$g" ] || rmdir "$g" 2>/dev/null || :; done
if [ "${3:-}" = --purge ]; then rm -rf "$S"; fi
echo "podman-down: done"

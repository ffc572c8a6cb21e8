#!/bin/sh
# dockerd-down.sh STATE [--purge]
#
# Removes the containers of the dockerd that dockerd-up.sh started with STATE,
# stops that dockerd by its pid, and what it started if it was killed, and undoes
# its mounts. --purge also deletes STATE. Nothing is ended by name.
set -eu
[ $# -ge 1 ] || { echo "usage: dockerd-down.sh STATE [--purge]" >&2; exit 2; }
[ -d "$1" ] || exit 0
S=$(cd "$1" && pwd -P)
pid=$(cat "$S/pid" 2>/dev/null || true)
if [ -n "$pid" ] && tr '\0' ' ' < "/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "--data-root=$S/data"; then
  exe=$(readlink "/proc/$pid/exe"); docker="$(dirname "$exe")/../bin/docker"
  export DOCKER_HOST="unix://$S/docker.sock"
  c=$("$docker" ps -aq 2>/dev/null || :)
  # shellcheck disable=SC2086
  [ -z "$c" ] || timeout 60 "$docker" rm -f $c >/dev/null 2>&1 || :
  kill "$pid" 2>/dev/null || :
  i=0; while kill -0 "$pid" 2>/dev/null; do
    i=$((i+1)); [ $i -lt 200 ] || { kill -9 "$pid" 2>/dev/null || :; break; }
    sleep 0.1
  done
fi
rm -f "$S/pid"
# the containerd of a dockerd that was killed, and shims that were left over, carry a path below STATE: end exactly those
for d in /proc/[0-9]*; do
  c=$({ tr '\0' ' ' < "$d/cmdline"; } 2>/dev/null || :)
  case $c in
    *containerd*" --config $S/exec/"* | *containerd-shim*" -address $S/"*) kill "${d#/proc/}" 2>/dev/null || : ;;
  esac
done
awk -v p="$S/" 'index($5,p)==1 {print $5}' /proc/self/mountinfo | sort -r | while read -r m; do umount -l "$m" 2>/dev/null || :; done
for g in /sys/fs/cgroup/*/"$(basename "$S")" /sys/fs/cgroup/"$(basename "$S")"; do
  [ ! -d "$g" ] || find "$g" -depth -type d -exec rmdir {} \; 2>/dev/null || :
done
if [ "${2:-}" = --purge ]; then rm -rf "$S"; fi
echo "dockerd-down: done"

#!/bin/sh
# dockerd-up.sh DIR STATE [RUNTIME-NAME=PROGRAM ...]
#
# Starts the dockerd of DIR (see fetch-peers.sh) with all its state, sockets and
# its own containerd under STATE, and waits until it serves. The machine's
# network is left alone: there is no bridge unless BRIDGE is set, and then
# dockerd gets a network namespace of its own.
# Stop it with dockerd-down.sh STATE.
#
# Each RUNTIME-NAME=PROGRAM is added as an OCI runtime (`docker run --runtime
# RUNTIME-NAME`); with DEFAULT_RUNTIME=NAME that one is the default.
#
#   DOCKER_HOST=unix://STATE/docker.sock    prints this line when ready
#
# Environment:
#   DEFAULT_RUNTIME  name of the default runtime (runc)
#   RUNC             OCI runtime of `runc`    (default DIR/bin/runc)
#   CONTAINERD       an existing containerd socket to use instead of a private
#                    containerd (dockerd then uses the namespace `moby` there)
#   BRIDGE           a CIDR such as 10.89.7.1/24: create docker's bridge with
#                    this address and let dockerd add its iptables rules, in a
#                    network namespace that ends with dockerd; containers reach
#                    each other but not the machine
#   DOCKERD_ARGS     further arguments
#   DAEMON_JSON      content of its configuration file (default {}); one that is
#                    in STATE already stays
#   NO_IMAGE         non-empty: do not load the busybox image
set -eu
[ $# -ge 2 ] || { echo "usage: dockerd-up.sh DIR STATE [NAME=PROGRAM ...]" >&2; exit 2; }
HERE=$(cd "$(dirname "$0")" && pwd -P)
DIR=$(cd "$1" && pwd -P); mkdir -p "$2"; S=$(cd "$2" && pwd -P); shift 2
if [ -f "$S/pid" ] && kill -0 "$(cat "$S/pid")" 2>/dev/null; then
  echo "dockerd-up: already running (pid $(cat "$S/pid"))"; exit 0
fi
# Names of what dockerd looks up by PATH; the order matters, DIR/bin is first.
export PATH="$DIR/bin:$PATH"
for d in "$DIR"/unpacked/usr/lib/*/xtables; do [ ! -d "$d" ] || export XTABLES_LIBDIR="$d"; done
# the OCI runtime "runc" is looked up by PATH: put the wanted one there
if [ -n "${RUNC:-}" ]; then mkdir -p "$S/bin"; ln -sf "$RUNC" "$S/bin/runc"; PATH="$S/bin:$PATH"; fi

set -- $(for r in "$@"; do printf -- '--add-runtime=%s ' "$r"; done)
if [ -n "${CONTAINERD:-}" ]; then set -- "$@" --containerd="$CONTAINERD"; fi
if [ -n "${BRIDGE:-}" ]; then set -- "$@" --bip="$BRIDGE"
else set -- "$@" --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false; fi
rm -f "$S/docker.pid"
# not the one of the machine
[ -f "$S/daemon.json" ] || printf '%s' "${DAEMON_JSON:-"{}"}" > "$S/daemon.json"
if [ -z "${BRIDGE:-}" ]; then set -- "$DIR/bin/dockerd" "$@"
else set -- unshare --net --mount --propagation private sh -ec \
    'ip link set lo up; exec "$@"' sh "$DIR/bin/dockerd" "$@"
fi
# cgroups of its own, so that all of them can be removed at its end
# shellcheck disable=SC2086
setsid "$@" --config-file="$S/daemon.json" --data-root="$S/data" --exec-root="$S/exec" --pidfile="$S/docker.pid" \
  -H "unix://$S/docker.sock" --userland-proxy=false --default-runtime="${DEFAULT_RUNTIME:-runc}" \
  --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent="/$(basename "$S")" ${DOCKERD_ARGS:-} >>"$S/log" 2>&1 </dev/null &
echo $! > "$S/pid"
export DOCKER_HOST="unix://$S/docker.sock"
i=0
while ! "$DIR/bin/docker" version >/dev/null 2>&1; do
  kill -0 "$(cat "$S/pid")" 2>/dev/null || { echo "dockerd-up: it exited; last lines of $S/log:" >&2; tail -n 8 "$S/log" >&2; rm -f "$S/pid"; exit 1; }
  i=$((i+1)); [ $i -lt 200 ] || { echo "dockerd-up: not serving after 40s" >&2; exit 1; }
  sleep 0.2
done
if [ -z "${NO_IMAGE:-}" ] && ! "$DIR/bin/docker" image inspect localhost/peers/busybox:1 >/dev/null 2>&1; then
  PEERS="$DIR" "$HERE/make-busybox-image.sh" "$S/busybox.tar" >/dev/null
  "$DIR/bin/docker" load -q -i "$S/busybox.tar" >/dev/null
fi
echo "dockerd-up: pid $(cat "$S/pid")"
echo "DOCKER_HOST=unix://$S/docker.sock"

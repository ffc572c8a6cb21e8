#!/bin/sh
# podman-run.sh DIR STATE PODMAN-ARGUMENT...
#
# Runs the podman of DIR (see fetch-peers.sh) with its configuration and state
# under STATE instead of /etc/containers and /var/lib/containers; only an image
# cache file in /var/lib/containers/cache is outside. The first call loads the
# busybox image.
#
#   podman-run.sh DIR STATE run --rm --network none localhost/peers/busybox:1 echo hi
#   podman-run.sh DIR STATE --runtime /path/of/wrapper run …
#   podman-run.sh DIR STATE system service --time 0 unix:///path/podman.sock
#       the API, in the foreground
#
# The OCI runtime is DIR/bin/runc; RUNTIME names another (crun refuses the
# hybrid cgroup layout). There is no daemon; a running container is watched by
# its own conmon, which writes its exit code to STATE/tmp/exits/ID.
#
# NO_IMAGE: non-empty, do not load the busybox image.
set -eu
[ $# -ge 3 ] || { echo "usage: podman-run.sh DIR STATE ARGUMENT..." >&2; exit 2; }
HERE=$(cd "$(dirname "$0")" && pwd -P)
DIR=$(cd "$1" && pwd -P); mkdir -p "$2"; S=$(cd "$2" && pwd -P); shift 2
RUNTIME=${RUNTIME:-$DIR/bin/runc}
export PATH="$DIR/bin:$PATH" PODMAN_IGNORE_CGROUPSV1_WARNING=1
for d in "$DIR"/unpacked/usr/lib/*/xtables; do [ ! -d "$d" ] || export XTABLES_LIBDIR="$d"; done
# podman looks for policy.json and registries.conf in the home folder
export HOME="$S/home" CONTAINERS_CONF="$S/containers.conf" CONTAINERS_STORAGE_CONF="$S/storage.conf"
unset XDG_CONFIG_HOME XDG_DATA_HOME || :
P="$DIR/bin/podman"
# written once: other calls may read them at this moment
if [ ! -e "$S/.configured" ]; then
  mkdir -p "$HOME/.config/containers" "$S/networks"
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' > "$HOME/.config/containers/policy.json"
  printf '[storage]\ndriver="overlay"\ngraphroot="%s"\nrunroot="%s"\n' "$S/graph" "$S/run" > "$CONTAINERS_STORAGE_CONF"
  : > "$CONTAINERS_CONF"
  # podman 4 asks for higher limits than the caller's, which fails where root lacks CAP_SYS_RESOURCE
  case $("$P" --version) in *" 4."*) limits='default_ulimits=["nofile=1024:1024","nproc=4096:4096"]' ;; *) limits= ;; esac
  cat > "$CONTAINERS_CONF" <<X
[containers]
seccomp_profile="$DIR/unpacked/usr/share/containers/seccomp.json"
log_driver="k8s-file"
$limits
[engine]
runtime="$RUNTIME"
# what podman expects of runtimes with these names
runtime_supports_json=["crun","runc","$(basename "$RUNTIME")"]
cgroup_manager="cgroupfs"
events_logger="file"
# those in shared memory are shared with every other podman of the machine
lock_type="file"
conmon_path=["$DIR/bin/conmon"]
helper_binaries_dir=["$DIR/bin","$DIR/unpacked/usr/lib/podman"]
init_path="$DIR/bin/catatonit"
static_dir="$S/graph/libpod"   # as podman 4 takes it in what it starts at the end of a container
tmp_dir="$S/tmp"
volume_path="$S/volumes"
[network]
network_backend="netavark"
network_config_dir="$S/networks"
firewall_driver="none"
X
  : > "$S/.configured"
fi
if [ ! -e "$S/.loaded" ] && [ -z "${NO_IMAGE:-}" ]; then
  PEERS="$DIR" "$HERE/make-busybox-image.sh" "$S/busybox.tar" >/dev/null
  "$P" load -q -i "$S/busybox.tar" >/dev/null && : > "$S/.loaded"
fi
exec "$P" "$@"

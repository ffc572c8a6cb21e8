#!/bin/sh
# machine-up.sh DIR ENGINES IMAGE.tar: becomes the first process of a machine of its own, a Debian 12 as after `apt-get install docker.io podman`.
#
# To be called in a mount and PID namespace of its own (unshare), by root on Debian 12: everything ends with this process. Nothing is
# installed on the machine around it.
#
#   the root folder   this machine's packages, without whatever is not Debian's: /usr/local, /home, /opt, /etc/docker, ... are empty
#   the engines       really installed by apt-get, from the packages below ENGINES (fetch-peers.sh) and what else they replace here
#   /srv              DIR/disk/srv, for whoever puts something there
#   the network       this machine's, for npm; dockerd has its own, with Docker's usual bridge
#
# Prints "ready" when dockerd serves and has the image `busybox`.
set -eu
M=$1 E=$2 IMAGE=$3
R=$M/ram/root
mkdir -p "$M/disk/srv" "$M/disk/docker" "$M/disk/containerd" "$M/disk/containers" "$M/ram"
mount -t tmpfs tmpfs "$M/ram"
mkdir "$M/ram/upper" "$M/ram/work" "$R"
mount -t overlay overlay -o "lowerdir=/,upperdir=$M/ram/upper,workdir=$M/ram/work" "$R"

for d in "$R"/*; do
  case ${d##*/} in
    bin | boot | etc | lib | lib32 | lib64 | libx32 | sbin | usr | var | lost+found) ;;
    *) if [ -d "$d" ]; then mount -t tmpfs -o mode=755 tmpfs "$d"; else rm -f "$d"; fi ;;
  esac
done
mount -t tmpfs -o mode=755 tmpfs "$R/usr/local"
mkdir "$R/usr/local/bin" "$R/usr/local/sbin" "$R/run/lock" "$R/mnt/apt" "$R/mnt/old"
chmod 1777 "$R/tmp"
rm -rf "$R/etc/docker" "$R/etc/containers" "$R/etc/containerd" "$R/etc/cdi" "$R/etc/nri" "$R/etc/nri-bridge" "$R/var/lib/docker" "$R/var/lib/containerd" "$R/var/lib/containers"
for d in srv var/lib/docker var/lib/containerd var/lib/containers; do
  mkdir -p "$R/$d"
  mount --bind "$M/disk/${d##*/}" "$R/$d"
done
mount -t proc proc "$R/proc"
mount --rbind /sys "$R/sys"
mount --rbind /dev "$R/dev"
mount --bind "$E/apt" "$R/mnt/apt"
cp "$IMAGE" "$R/mnt/image.tar"
if [ -n "${NPM_CACHE:-}" ] && [ -d "$NPM_CACHE" ]; then
  mkdir -p "$R/root/.npm"
  mount --bind "$NPM_CACHE" "$R/root/.npm"
fi
cd "$R"
pivot_root . mnt/old
umount -l /mnt/old
unset NPM_CACHE OLDPWD
export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive
cd /root

# Nobody starts services here but we, and manuals need no index.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
ln -sf true /usr/bin/mandb
sed 's/\[.*\]/[trusted=yes]/' /mnt/apt/sources.list >/mnt/sources.list
apt-get -q -o Dir::Etc::SourceList=/mnt/sources.list -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists=/mnt/apt/lists \
  -o Dir::Cache=/tmp/apt -o Dir::Cache::Archives=/mnt/apt/cache/archives -o APT::Sandbox::User=root -o Debug::NoLocking=1 \
  -o Dpkg::Options::=--force-unsafe-io --no-install-recommends -y install docker.io podman >/mnt/apt.log 2>&1 ||
  { tail -n 20 /mnt/apt.log >&2; exit 1; }
umount /mnt/apt

# As docker.service has it, but for the socket, which systemd would hold.
unshare --net sh -c 'ip link set lo up
  containerd >/var/log/containerd.log 2>&1 &
  exec dockerd -H unix:///run/docker.sock --containerd=/run/containerd/containerd.sock >/var/log/docker.log 2>&1' &
i=0
until docker version >/dev/null 2>&1; do
  i=$((i + 1))
  [ $i -lt 300 ] || { tail -n 20 /var/log/docker.log >&2; exit 1; }
  sleep 0.2
done
docker load -q -i /mnt/image.tar >/dev/null
docker tag localhost/peers/busybox:1 busybox:latest
docker rmi localhost/peers/busybox:1 localhost/peers/pause:1 >/dev/null
rm /mnt/image.tar
echo ready
exec /usr/bin/tini -g -- sleep infinity

#!/bin/sh
# base-image.sh OUT.tar: a root folder with the Node.js of this machine, npm and the programs that Debian's slim image has, in the place
# of the base images that nobody can download in a test.
set -eu
R=$(mktemp -d)
trap 'rm -rf "$R"' EXIT
for d in usr/bin usr/sbin usr/lib usr/lib64 usr/local/bin usr/local/sbin tmp etc root run proc sys dev var; do mkdir -p "$R/$d"; done
ln -s /run "$R/var/run"
for d in bin sbin lib lib64; do ln -s "usr/$d" "$R/$d"; done
add() {
  file=$(readlink -f "$1")
  [ -e "$R$2" ] || cp "$file" "$R$2"
  ldd "$file" 2>/dev/null | grep -o '/[^ ]*' | while read -r lib; do
    to=$R/usr${lib#/usr}
    mkdir -p "${to%/*}"
    [ -e "$to" ] || cp -L "$lib" "$to"
  done
}
for name in sh cat chmod chroot cp cut date dirname env grep gzip head id ln ls mkdir mkfifo mktemp mv nsenter ps pwd readlink rm rmdir sed \
  setpriv sleep sort tail tar test timeout touch tr uname uniq wc; do
  path=$(PATH=/usr/sbin:/usr/bin:/sbin:/bin command -v "$name" || :)
  case $path in
    /*) add "$path" "/usr/bin/$name" ;;
  esac
done
add "$(command -v node)" /usr/local/bin/node
npm=$(readlink -f "$(command -v npm)")
mkdir -p "$R/usr/local/lib/node_modules"
cp -R "${npm%/bin/*}" "$R/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$R/usr/local/bin/npm"
echo 'root:x:0:0:root:/root:/bin/sh' >"$R/etc/passwd"
echo 'root:x:0:' >"$R/etc/group"
tar -C "$R" -cf "$1" .

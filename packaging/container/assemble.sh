#!/bin/sh
# assemble.sh OUT: the program `nri` of this clone and what it needs to run, below OUT/node_modules. Packages of ours are as they would
# be published, others as npm has installed them. Without what `nri build` needs, and without the network.
set -eu
out=$1
packed=$(mktemp -d)
trap 'rm -rf "$packed"' EXIT
npm pack --silent --ignore-scripts --pack-destination "$packed" --workspace=packages >/dev/null
here=$(pwd -P)
npm ls --omit=dev --all --parseable --workspace=@nri/cli | sed -n "s#^$here/node_modules/##p" | while read -r name; do
  to=$out/node_modules/$name
  case $name in
    # Types are for compilers; nri build is for where plugins are written.
    @types/* | esbuild | @esbuild/* | postject | commander) continue ;;
  esac
  mkdir -p "$to"
  case $name in
    @nri/*) tar -xzf "$packed"/nri-"${name#@nri/}"-[0-9]*.tgz --strip-components=1 -C "$to" ;;
    *) cp -R "node_modules/$name/." "$to" ;;
  esac
done

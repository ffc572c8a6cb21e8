#!/bin/sh
# The OCI runtime of the machine, for updates that an engine cannot do: called where its files and cgroups are.
exec nsenter --target 1 --mount --cgroup -- "${0##*/}" "$@"

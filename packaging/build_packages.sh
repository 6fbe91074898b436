#!/bin/sh
# Makes the .deb and .rpm files of a release build. Needs neither root nor network.
# usage: build_packages.sh <build directory> <target directory>
set -eu
build=$(realpath "$1")
mkdir -p "$2"
target=$(realpath "$2")
rm -rf "${target:?}"/*
umask 022

# CPack works in a directory of its own; only what it made is kept.
work=$(mktemp -d "$target/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! (cd "$work" && cpack --config "$build/CPackConfig.cmake" -B "$work" -G "DEB;RPM") >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi
mv "$work"/*.deb "$work"/*.rpm "$target"
ls -1 "$target" | grep -v '^work'

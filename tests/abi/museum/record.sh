#!/bin/sh
# Puts the example plugins of this release into the museum, as x86-64 binaries. Run once, when an ABI minor is released;
# every later host must load and pass them. Never run it again for a version that has been released.
# usage: record.sh <abi version, such as 1.0>
set -eu
version=$1
museum=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$museum/../../.." && pwd)
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O2 -DNDEBUG" -DGANTRY_TESTS=OFF >"$build/configure.log"
ninja -C "$build" hello notes >"$build/build.log"
mkdir -p "$museum/$version"
for plugin in hello notes; do
    strip --strip-unneeded -o "$museum/$version/$plugin.so" "$build/plugins/$plugin.so"
done
ls -l "$museum/$version"

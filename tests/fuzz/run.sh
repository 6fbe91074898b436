#!/bin/sh
# Runs every fuzz target for some seconds, beginning with its corpus. usage: run.sh <build directory> <seconds>
set -eu
here=$(dirname "$0")
for target in "$1"/tests/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    found=$(mktemp -d)
    echo "fuzz $name for $2 s"
    seeds=""
    [ ! -d "$here/corpus/$name" ] || seeds="$here/corpus/$name"
    # shellcheck disable=SC2086
    "$target" -max_total_time="$2" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 -print_funcs=0 \
        -artifact_prefix="$found/" "$found" $seeds || { ls -l "$found"; exit 1; }
    rm -rf "$found"
done

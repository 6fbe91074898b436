#!/bin/sh
# Runs every fuzz target for some seconds, beginning with its corpus. usage: run.sh <build directory> <seconds> [<seed>]
# With a seed every run goes the same way: what decides a landing must be reproducible. Without one it explores.
set -eu
here=$(dirname "$0")
for target in "$1"/tests/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    found=$(mktemp -d)
    echo "fuzz $name for $2 s"
    seeds=""
    [ ! -d "$here/corpus/$name" ] || seeds="$here/corpus/$name"
    # shellcheck disable=SC2086
    "$target" -max_total_time="$2" -max_len=65536 -timeout=10 -seed="${3:-0}" -rss_limit_mb=2048 -print_final_stats=0 -verbosity=0 -print_funcs=0 \
        -artifact_prefix="$found/" "$found" $seeds || {
        for file in "$found"/crash-* "$found"/timeout-* "$found"/oom-*; do
            [ ! -e "$file" ] || { echo "$file in base64:"; base64 "$file"; }
        done
        exit 1
    }
    rm -rf "$found"
done

#!/bin/sh
# Every header of the contract must compile alone, as C11 and as C++20, with every compiler there is, without a warning.
# usage: check_headers.sh <sdk/abi>
set -eu
include=$1
warnings="-Wall -Wextra -Wpedantic -Werror -fsyntax-only"
count=0
failed=0

# $1: compiler, $2: language, $3: standard, $4: header below sdk/abi
check() {
    command -v "$1" >/dev/null || return 0
    count=$((count + 1))
    # Twice: the guard must hold as well.
    printf '#include <%s>\n#include <%s>\nint not_empty;\n' "$4" "$4" |
        "$1" $warnings -x "$2" -std="$3" -I"$include" - || { echo "FAILED: $4 with $1 as $3"; failed=1; }
}

for header in $(cd "$include" && find gantry -name '*.h' | sort); do
    for compiler in gcc clang clang-14; do check "$compiler" c c11 "$header"; done
    for compiler in g++ clang++ clang++-14; do check "$compiler" c++ c++20 "$header"; done
done
echo "$count compilations"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]

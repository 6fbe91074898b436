#!/bin/sh
# A service is named in .gantry.info if, and only if, the plugin's code calls it: with every compiler, at every level.
# usage: use_records_test.sh <sdk>
set -eu
sdk=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

cat >"$work/without.cpp" <<'CODE'
#include <gantry/plugin.hpp>
struct P {
    explicit P(gantry::Host) {}
    void routes(gantry::Routes<P>& routes) { routes.get("/x", &P::x); }
    gantry::Response x(const gantry::Request&) { return gantry::text("x"); }
};
GANTRY_PLUGIN(P, "p", "1.0.0")
CODE
cat >"$work/with.cpp" <<'CODE'
#include <gantry/plugin.hpp>
struct P {
    explicit P(gantry::Host host) : database(host) {}
    void routes(gantry::Routes<P>& routes) { routes.get("/x", &P::x); }
    gantry::Task<gantry::Response> x(const gantry::Request&) {
        auto transaction = co_await database.begin();
        co_await transaction.query("select 1");
        co_return gantry::text("x");
    }
    gantry::Database database;
};
GANTRY_PLUGIN(P, "p", "1.0.0")
CODE

# $1: compiler, $2: flags, $3: source, $4: is gantry.database/1 expected (yes or no)
check() {
    "$1" -std=c++20 $2 -fPIC -shared -fvisibility=hidden -ffunction-sections -Wl,--gc-sections \
        -Wl,--version-script="$sdk/cmake/plugin.map" -I"$sdk/cpp" -I"$sdk/abi" "$work/$3.cpp" -o "$work/$3.so"
    strip -s "$work/$3.so"
    objcopy --dump-section .gantry.info="$work/info" "$work/$3.so" /dev/null
    records=$(tr '\0' '\n' <"$work/info" | sort -u)
    found=no
    case $records in *use=gantry.database/1:*) found=yes ;; esac
    case $records in *use=gantry.http.server/1:*) ;; *) found=nothing ;; esac
    [ "$found" = "$4" ] || { echo "FAILED: $1 $2 $3: expected $4, found $found:"; echo "$records"; failed=1; }
    echo "$1 $2 $3: $found"
}

for compiler in g++ clang++ clang++-14; do
    command -v $compiler >/dev/null || continue
    [ $compiler = clang++-14 ] && command -v clang++ >/dev/null && continue
    for flags in -O0 -O2; do
        check $compiler $flags without no
        check $compiler $flags with yes
    done
done
exit $failed

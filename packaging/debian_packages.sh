#!/bin/sh
# Installs the Debian 12 packages that a target of the Makefile needs; silent when they are all there.
# usage: debian_packages.sh build|test|node|package|package-test|fuzz|bench
set -eu

case "$1" in
build) wanted="g++ cmake ninja-build ccache make pkg-config python3 curl clang-format-14 clang-14 libpistache-dev
    libsoci-dev libpq-dev libyaml-cpp-dev rapidjson-dev libspdlog-dev libfmt-dev libboost-dev libssl-dev
    zlib1g-dev libzstd-dev libcli11-dev libgtest-dev libgmock-dev postgresql-15 libhiredis-dev redis-server
    libcurl4-openssl-dev libhowardhinnant-date-dev tzdata openssl python3-websockets" ;;
test) wanted="rustc" ;;
node) wanted="npm" ;;
fuzz) wanted="clang-14 libclang-rt-14-dev" ;;
package) wanted="dpkg-dev rpm gzip xz-utils" ;;
package-test) wanted="debootstrap lintian man-db systemd systemd-container procps python3-yaml" ;;
bench) wanted="libbenchmark-dev wrk nghttp2-client nginx-light python3-fastapi uvicorn python3-uvloop python3-httptools" ;;
*) echo "usage: $0 build|test|node|package|package-test|fuzz|bench" >&2; exit 2 ;;
esac

missing=""
for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# Debian's postgresql package would start a server of its own; ours is private.
root=""
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "needs these packages, and neither root nor sudo is there:$missing" >&2; exit 1; }
    root="sudo"
fi
echo "installing Debian packages:$missing"
if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    $root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | $root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
$root apt-get update -qq
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold $missing >/dev/null

#!/bin/sh
# What `cmake --install` lays down is complete: the host starts from it, with its plugins, and answers.
# usage: installed_tree.sh <build directory>
set -eu
build=$1
root=$(mktemp -d)
trap 'kill "$host" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$root"' EXIT
host=""

DESTDIR="$root" cmake --install "$build" >/dev/null
for file in usr/bin/gantry usr/lib/gantry/plugins/hello/1.0.0/hello.so usr/lib/gantry/plugins/notes/1.0.0/notes.so \
    usr/share/gantry/migrations/notes usr/include/gantry/abi.h usr/include/gantry/plugin.hpp etc/gantry/gantry.yaml; do
    [ -e "$root/$file" ] || { echo "installed tree: $file is missing"; exit 1; }
done

chmod 0755 "$root"
cat >"$root/gantry.yaml" <<YAML
data_directory: $root/data
http: {listen: ["127.0.0.1:0"]}
migrations: $root/usr/share/gantry/migrations
plugin_directories: [$root/usr/lib/gantry/plugins]
plugins: {hello: {}, notes: {}}
YAML
"$root/usr/bin/gantry" serve --config "$root/gantry.yaml" >"$root/out" 2>"$root/err" &
host=$!
for _ in $(seq 100); do
    address=$(sed -n 's/.*\(http:[^ ]*:[0-9][0-9]*\).*/\1/p' "$root/out" | head -n 1)
    [ -z "$address" ] || break
    kill -0 "$host" 2>/dev/null || break
    sleep 0.1
done
[ -n "${address:-}" ] || { echo "installed tree: the host did not start"; cat "$root/err"; exit 1; }
answer=$(curl -fsS "$address/hello/World")
case "$answer" in *World*) ;; *) echo "installed tree: unexpected answer: $answer"; exit 1 ;; esac
curl -fsS "$address/notes" >/dev/null
kill -TERM "$host"
wait "$host"
host=""
echo "installed tree: complete, and it answers"

#!/bin/sh
# The OpenAPI document of the example plugins is clean under Redocly's linter, without a warning.
# usage: check.sh <build directory>
# The linter's version and the hashes of all it consists of are pinned in package-lock.json.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$(cd "$1" && pwd)
tools=$build/openapi-lint

command -v npm >/dev/null || sh "$root/packaging/debian_packages.sh" node
mkdir -p "$tools"
if ! cmp -s "$here/package-lock.json" "$tools/installed.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$tools/"
    (cd "$tools" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
    cp "$here/package-lock.json" "$tools/installed.json"
fi

cat >"$tools/gantry.yaml" <<YAML
data_directory: $tools/data
migrations: $root/migrations
plugin_directories: [$build/plugins]
plugins: {hello: {}, notes: {}}
YAML
"$build/gantry" openapi --config "$tools/gantry.yaml" >"$tools/openapi.json"
cp "$here/redocly.yaml" "$tools/redocly.yaml"
cp "$here/ignored.yaml" "$tools/.redocly.lint-ignore.yaml"
cd "$tools"
REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
    node_modules/.bin/redocly lint openapi.json --config redocly.yaml --max-problems 200 >lint.txt 2>&1 || {
    cat lint.txt
    exit 1
}
if grep -q 'warning' lint.txt; then
    cat lint.txt
    exit 1
fi
echo "openapi: the document is clean"

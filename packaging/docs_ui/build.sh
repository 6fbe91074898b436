#!/bin/sh
# Makes the files of /docs and /redoc: Swagger UI and ReDoc as their authors package them, and the host's own pages.
# usage: build.sh <output directory>
# Versions and hashes are pinned in package-lock.json; npm refuses anything else. No script of a package is run.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
pages=$here/../../host/openapi/pages
mkdir -p "$1"
out=$(cd "$1" && pwd)

made_of() { cat "$here/build.sh" "$here/package-lock.json" "$pages"/* | sha256sum | cut -d' ' -f1; }
if [ "$(cat "$out/.made_of" 2>/dev/null)" = "$(made_of)" ]; then
    exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$work/"
(cd "$work" && npm ci --ignore-scripts --omit=dev --omit=peer --no-audit --no-fund --loglevel=error >&2)

find "$out" -mindepth 1 -delete
modules=$work/node_modules
cp "$pages"/* "$out/"
cp "$modules/swagger-ui-dist/swagger-ui.css" "$modules/swagger-ui-dist/swagger-ui-bundle.js" \
    "$modules/swagger-ui-dist/favicon-32x32.png" "$modules/redoc/bundles/redoc.standalone.js" "$out/"
mkdir "$out/licenses"
cp "$modules/swagger-ui-dist/LICENSE" "$out/licenses/swagger-ui.txt"
cp "$modules/swagger-ui-dist/NOTICE" "$out/licenses/swagger-ui-notice.txt"
cp "$modules/swagger-ui-dist/swagger-ui-bundle.js.LICENSE.txt" "$out/licenses/swagger-ui-bundle.txt"
cp "$modules/redoc/LICENSE" "$out/licenses/redoc.txt"
cp "$modules/redoc/bundles/redoc.standalone.js.LICENSE.txt" "$out/licenses/redoc-bundle.txt"

# ReDoc shows a picture from a server of its authors: readers' addresses are none of their business, and the pages may fetch
# from nowhere else. Its text and its link stay.
picture='https://cdn.redoc.ly/redoc/logo-mini.svg'
[ "$(grep -c "$picture" "$out/redoc.standalone.js")" = 1 ] || { echo "ReDoc has changed: $picture" >&2; exit 1; }
sed -i "s#$picture#data:,#" "$out/redoc.standalone.js"

# Sent as they are to clients that take them, so that the host need not compress two megabytes for each.
for file in "$out"/*.js "$out"/*.css; do
    gzip -9 -n -k "$file"
    if command -v zstd >/dev/null; then zstd -q -19 "$file"; fi
done
chmod -R a+rX "$out"
made_of >"$out/.made_of"

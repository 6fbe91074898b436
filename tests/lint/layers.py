#!/usr/bin/env python3
"""Who may include whom: reads every #include and holds it against the drawing in docs/ARCHITECTURE.md."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Room -> rooms it may include. "settings" files are plain values that config fills, so config may see those.
ROOMS = {
    "core": set(),
    "log": {"core"},
    "metrics": {"core"},
    "config": {"core", "log"},
    "http": {"core", "log"},
    "identity": {"core", "log", "http"},
    "database": {"core", "log"},
    "http_client": {"core", "log"},
    "secrets": {"core", "log", "database"},
    "kv": {"core", "log", "database"},
    "limits": {"core", "log", "http", "kv"},
    "jobs": {"core", "log", "database"},
    "events": {"core", "log", "database"},
    "services": {"core", "log"},
    "plugin": {"core", "log"},
    "openapi": {"core", "log", "http"},
    "bridge": {"core", "log", "metrics", "http", "identity", "database", "http_client", "secrets", "kv", "jobs", "events",
               "services"},
    "admin": {"core", "log", "http", "jobs", "events"},
    "check": {"core", "plugin"},
    "app": {"core", "log", "metrics", "config", "http", "identity", "database", "http_client", "secrets",
            "kv", "limits", "jobs", "events", "services", "plugin", "openapi", "bridge", "admin",
            "check"},
    "cli": {"core", "log", "config", "app", "check"},
    "main.cpp": {"core", "app", "cli"},
}
PLAIN = re.compile(r"^host/(log|metrics|http|identity|database|http_client|secrets|kv|limits|jobs|events|services|plugin|openapi)/(settings|manifest)\.hpp$")

# Library -> rooms that may include it.
LIBRARIES = {
    r"boost/dll": {"plugin"},
    r"pistache/": {"http"},
    r"boost/beast": {"cli", "fuzz", "http"},
    r"openssl/": {"core", "http", "secrets"},
    r"boost/asio": {"cli", "http"},
    r"(soci/|libpq-fe|pg_config|libpq/)": {"database"},
    r"hiredis/": {"kv"},
    r"yaml-cpp/": {"config"},
    r"(spdlog/|fmt/)": {"log"},
    r"CLI/": {"cli"},
    r"date/": {"jobs"},
    r"rapidjson/": {"sdk/cpp"},
    r"curl/": {"http_client"},
    r"(zlib|zstd)\.h": {"http"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)


def place_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "host":
        return parts[1]
    if parts[0] == "plugins":
        return "plugin:" + parts[1]
    if parts[0] == "sdk":
        return "sdk/" + parts[1]
    return "tests/" + parts[1] if len(parts) > 2 else "tests"


def complaint(place, path, included):
    for pattern, rooms in LIBRARIES.items():
        if re.match(pattern, included) and place not in rooms and not (place == "tests/fuzz" and "fuzz" in rooms):
            if place.startswith("tests/"):
                continue
            return f"{included} belongs to {', '.join(sorted(rooms)) or 'nobody'}"
    if place.startswith(("tests", )):
        return None
    if included.startswith("host/"):
        if place not in ROOMS:
            return "nothing outside host/ sees the host"
        room = included.split("/")[1]
        if room == place or room in ROOMS[place]:
            return None
        if place == "config" and PLAIN.match(included):
            return None
        return f"{place} may not know {room}"
    if place.startswith("plugin:") and included.startswith("plugins/"):
        return "a plugin does not see another"
    if place == "sdk/abi" and not included.startswith(("gantry/abi", "std")):
        return "the contract depends on nothing"
    return None


def main():
    found = []
    for folder in ("host", "sdk", "plugins", "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in {".cpp", ".hpp", ".h", ".c"}:
                continue
            for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
                why = complaint(place_of(path), path, included)
                if why:
                    found.append(f"{path.relative_to(ROOT)}: includes {included}: {why}")
    print("\n".join(found) if found else "layers: every include points down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

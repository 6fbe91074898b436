#!/usr/bin/env python3
"""clang-format 14 over every source file: checks, or rewrites with --write."""

import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("host", "sdk", "plugins", "tests")
SUFFIXES = {".cpp", ".hpp", ".c"}


def main():
    # The C contract is laid out by hand, in tables that read as such.
    files = [
        str(path)
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in SUFFIXES and "museum" not in path.parts
    ]
    mode = ["-i"] if "--write" in sys.argv else ["--dry-run", "-Werror"]
    failed = subprocess.run(["clang-format-14", *mode, *files], check=False).returncode
    print(f"format: {len(files)} files" + (" differ from clang-format 14" if failed else " in order"))
    return failed


if __name__ == "__main__":
    sys.exit(main())

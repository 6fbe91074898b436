#!/usr/bin/env python3
"""Writes each C++ block of a page to a file of its own, so that a compiler reads the very words that people copy.

usage: guide_snippets.py <page> <source that includes them all> <folder>

A block is <heading>_<number>.inc, counted below its heading. One that the source does not include is an error.
"""

import pathlib
import re
import sys


def blocks_of(page):
    """name -> text, in the order of the page"""
    found, heading, number, block = {}, "start", 0, None
    for line in page.read_text(encoding="utf-8").splitlines():
        if block is not None:
            if line.startswith("```"):
                found[f"{heading}_{number}.inc"] = "\n".join(block) + "\n"
                block = None
            else:
                block.append(line)
        elif line.startswith("```cpp"):
            number, block = number + 1, []
        elif line.startswith("#"):
            heading, number = re.sub(r"[^a-z]+", "_", line.lower()).strip("_"), 0
    return found


def main(page, source, folder):
    blocks = blocks_of(pathlib.Path(page))
    included = re.findall(r'(?m)^#include "(\w+\.inc)"', pathlib.Path(source).read_text(encoding="utf-8"))
    if sorted(included) != sorted(blocks):
        missing, gone = sorted(set(blocks) - set(included)), sorted(set(included) - set(blocks))
        sys.exit(f"{page}: {source} must include every block once; missing: {missing}, not in the page: {gone}")
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in blocks.items():
        pathlib.Path(folder, name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

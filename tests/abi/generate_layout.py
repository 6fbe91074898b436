#!/usr/bin/env python3
"""Writes layout_table.inc from the headers of the contract, so that no struct or member can be forgotten.

usage: generate_layout.py <folder of the headers> <output>
"""
import pathlib
import re
import sys

COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRUCT = re.compile(r"(?:typedef\s+)?struct\s+(gantry_\w+)\s*\{(.*?)\n\}", re.S)
FUNCTION = re.compile(r"\(\s*\*\s*(\w+)\s*\)\s*\(")


def without_nested(body):
    """`body` with each union replaced by its name: union {...} as;"""
    return re.sub(r"union\s*\{.*?\}\s*(\w+)\s*;", r"int \1;", body, flags=re.S)


def member_names(declaration):
    function = FUNCTION.search(declaration)
    if function:
        return [function.group(1)]
    return [re.sub(r"\[.*", "", name).strip(" *").split()[-1].lstrip("*") for name in declaration.split(",")]


def structs_of(text):
    for name, body in STRUCT.findall(COMMENT.sub(" ", text)):
        declarations = [part.strip() for part in without_nested(body).split(";") if part.strip()]
        yield name, [member for declaration in declarations for member in member_names(declaration)]


def main(folder, output):
    lines = []
    for header in sorted(pathlib.Path(folder).glob("*.h")):
        for name, members in structs_of(header.read_text()):
            lines.append(f"GANTRY_STRUCT({name})")
            lines.extend(f"GANTRY_MEMBER({name}, {member})" for member in members)
    if not lines:
        sys.exit(f"{folder} has no structs of the contract")
    pathlib.Path(output).write_text("\n".join(lines) + "\n")


main(*sys.argv[1:])

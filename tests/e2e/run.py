#!/usr/bin/env python3
"""Runs the test modules named on the command line; a run without a single test is a failure.

With GTEST_OUTPUT=json:<directory>/ it leaves its count there in GoogleTest's shape, so that one sum counts every test.
"""

import json
import os
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent


def main(modules):
    sys.path.insert(0, str(HERE))
    suite = unittest.defaultTestLoader.loadTestsFromNames(modules)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    write_count("-".join(modules), result)
    if result.testsRun == 0:
        print(f"no test ran in {modules}", file=sys.stderr)
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


def different_tests(failures):
    """A test may fail many times, once in each of its subtests."""
    return {getattr(test, "test_case", test).id() for test, _ in failures}


def write_count(name, result):
    target = os.environ.get("GTEST_OUTPUT", "")
    if not target.startswith("json:") or not target.endswith("/"):
        return
    count = {
        "name": name,
        "tests": result.testsRun,
        "failures": len(different_tests(result.failures)),
        "errors": len(different_tests(result.errors)),
        "disabled": len(result.skipped),
    }
    directory = pathlib.Path(target.removeprefix("json:"))
    directory.mkdir(parents=True, exist_ok=True)
    (directory / f"e2e_{name}.json").write_text(json.dumps(count) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

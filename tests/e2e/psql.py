"""Single statements on a host's private cluster, as its superuser: for what a test has to see behind the host's back."""

import os
import subprocess

from database_client import PSQL


def rows(host, sql):
    """The rows of a statement, each a list of texts."""
    socket_directory = next(host.data_directory.rglob(".s.PGSQL.5432")).parent
    answer = subprocess.run(
        [PSQL, "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", str(socket_directory), "-U", "postgres", "gantry", "-c", sql],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    return [line.split("\t") for line in answer.stdout.splitlines()]


def number(host, sql):
    return int(rows(host, sql)[0][0])

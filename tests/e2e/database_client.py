"""psql on a host's private cluster, as its superuser: for what a test has to do behind the host's back."""

import glob
import os
import subprocess

from gantry_host import PATIENCE_SECONDS

PSQL = (sorted(glob.glob("/usr/lib/postgresql/*/bin/psql")) or ["psql"])[-1]


class LockedNotes:
    """While it lives, whoever reads or writes notes has to wait."""

    def __init__(self, host):
        socket_directory = next(host.data_directory.rglob(".s.PGSQL.5432")).parent
        self.psql = subprocess.Popen(
            [PSQL, "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", str(socket_directory), "-U", "postgres", "gantry"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": os.environ["PATH"], "PGCONNECT_TIMEOUT": str(PATIENCE_SECONDS)},
        )

    def __enter__(self):
        self._say(
            "begin; select format('lock table %s in access exclusive mode', oid::regclass) from pg_class"
            " where relname = 'note' and relkind = 'r' \\gexec\nselect 'locked';"
        )
        answer = self.psql.stdout.readline()
        assert answer == "locked\n", answer
        return self

    def waiting(self):
        """How many statements of the host wait for the lock."""
        self._say("select count(*) from pg_locks where not granted;")
        return int(self.psql.stdout.readline())

    def release(self):
        if self.psql.stdin.closed:
            return
        self.psql.stdin.close()
        self.psql.wait(PATIENCE_SECONDS)
        self.psql.stdout.close()

    def __exit__(self, *_):
        self.release()

    def _say(self, text):
        self.psql.stdin.write(text + "\n")
        self.psql.stdin.flush()

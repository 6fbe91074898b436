"""A PostgreSQL that belongs to no host: what database.url of several hosts names."""

import os
import pathlib
import pwd
import shutil
import subprocess

import processes
from database_client import PSQL
from gantry_host import temporary_directory
from waiting import until

PROGRAMS = pathlib.Path(os.path.realpath(PSQL)).parent if "/postgresql/" in PSQL else None


class PostgresServer:
    """Runs while it is entered; `url` is for a role that may make schemas and roles."""

    def __init__(self, environment=None):
        self.directory = temporary_directory()
        self.environment = environment or {}
        self.process = None

    def __enter__(self):
        # PostgreSQL does not run as root.
        user = self._user()
        if user is not None:
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        data = str(self.directory / "data")
        try:
            self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")
            arguments = ["-D", data, "-k", str(self.directory), "-c", "listen_addresses=", "-c", "fsync=off"]
            self.process = subprocess.Popen(
                [str(PROGRAMS / "postgres"), *arguments], **self._as_user(self.environment), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )
            until(lambda: self._sql("select 1").returncode == 0, "PostgreSQL answers")
            for statement in ("create role gantry login createrole", "create database gantry owner gantry"):
                answer = self._sql(statement)
                assert answer.returncode == 0, answer.stderr
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
        processes.end(processes.working_in(self.directory))
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def url(self):
        return f"postgresql://gantry@/gantry?host={self.directory}"

    def rows(self, sql):
        answer = self._sql(sql, "gantry")
        assert answer.returncode == 0, answer.stderr
        return [line.split("\t") for line in answer.stdout.splitlines()]

    def _sql(self, sql, database="postgres"):
        command = [PSQL, "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", str(self.directory), "-U", "postgres", database]
        return subprocess.run([*command, "-c", sql], capture_output=True, text=True, check=False, env=self._environment())

    def _run(self, program, *arguments):
        answer = subprocess.run(
            [str(PROGRAMS / program), *arguments], capture_output=True, text=True, check=False, **self._as_user()
        )
        assert answer.returncode == 0, answer.stderr

    def _as_user(self, environment=None):
        user = self._user()
        common = {"env": {**self._environment(), **(environment or {})}, "cwd": str(self.directory)}
        return {**common, "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user is not None else common

    @staticmethod
    def _environment():
        return {"PATH": os.environ["PATH"], "LC_ALL": "C"}

    @staticmethod
    def _user():
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise AssertionError("PostgreSQL cannot run as root, and there is neither a user postgres nor nobody")

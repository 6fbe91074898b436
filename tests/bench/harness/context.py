"""What a case gets: where the build is, how long to measure, room for files."""

import dataclasses
import pathlib
import tempfile
import time

from harness import proc

BUSY_MAX = 0.25  # cores: what an idle machine with idle servers uses, and some


@dataclasses.dataclass
class Context:
    build: pathlib.Path
    directory: pathlib.Path  # for everything that is written; removed at the end
    rounds: int
    seconds: int             # of one measurement
    patience: float          # seconds left, of the whole run, to wait for others to leave the machine alone
    noise: float = 0.0       # cores that others used just before a measurement, at worst

    def new_directory(self, name):
        directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))
        # PostgreSQL and nginx's worker run as other users when this runs as root.
        directory.chmod(0o755)
        return directory

    def wait_until_quiet(self):
        began = time.monotonic()
        busy = proc.busy_cores(0.2)
        while busy > BUSY_MAX and time.monotonic() - began < self.patience:
            busy = proc.busy_cores(0.5)
        self.patience = max(0.0, self.patience - (time.monotonic() - began - 0.2))
        self.noise = max(self.noise, busy)

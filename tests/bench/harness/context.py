"""What a case gets: where the build is, how long to measure, room for files."""

import dataclasses
import pathlib
import tempfile

from harness import proc


@dataclasses.dataclass
class Context:
    build: pathlib.Path
    directory: pathlib.Path  # for everything that is written; removed at the end
    rounds: int
    seconds: int             # of one measurement
    quiet_seconds_max: int   # to wait for others to leave the machine alone
    noise: float = 0.0       # cores that others used just before a measurement, at worst

    def new_directory(self, name):
        directory = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.directory))
        # PostgreSQL and nginx's worker run as other users when this runs as root.
        directory.chmod(0o755)
        return directory

    def wait_until_quiet(self):
        self.noise = max(self.noise, proc.wait_until_quiet(seconds_max=self.quiet_seconds_max))

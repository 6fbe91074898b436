"""A wall clock that a test sets forward and back, for those who are started in its `environment`."""

import os
import shutil
import struct

from gantry_host import FIXTURES, temporary_directory

HOUR = 3600


class SteppedClock:
    def __enter__(self):
        self._directory = temporary_directory()
        self._file = self._directory / "seconds"
        self.set(0)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._directory, ignore_errors=True)

    @property
    def environment(self):
        sanitizer = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
        return {"LD_PRELOAD": str(FIXTURES / "stepped_clock.so"), "GANTRY_CLOCK_FILE": str(self._file),
                "ASAN_OPTIONS": sanitizer}

    def set(self, seconds):
        """So far from the machine's clock, from now on. In place: the others have mapped the file."""
        with open(self._file, "r+b" if self._file.exists() else "wb") as file:
            file.write(struct.pack("=q", seconds))

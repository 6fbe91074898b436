"""A certificate for measurements over TLS."""

import dataclasses
import pathlib
import subprocess

from harness.process import free_port


@dataclasses.dataclass
class Identity:
    """What one server listens with. Both peers use the same files and another port each."""

    certificate: pathlib.Path
    key: pathlib.Path
    port: int

    def elsewhere(self):
        return dataclasses.replace(self, port=free_port())


def make_identity(context):
    directory = context.new_directory("tls")
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    key.chmod(0o644)  # nginx's worker is another user when this runs as root
    return Identity(certificate, key, free_port())

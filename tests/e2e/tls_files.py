"""Certificates from openssl's own command line, in a directory of the test's."""

import subprocess


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)


class Authority:
    def __init__(self, directory, name="authority"):
        self.directory = directory
        self.name = name
        self.certificate = directory / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "365",
                "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem", cwd=directory)

    def sign(self, name, days=90, alternatives="", subject=""):
        """Returns the paths of certificate and key. `alternatives`: "DNS:example.org,IP:127.0.0.1"."""
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject or f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr", cwd=self.directory)
        (self.directory / f"{name}.ext").write_text(f"subjectAltName={alternatives}\n" if alternatives else "")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{self.name}.pem", "-CAkey", f"{self.name}.key",
                "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext", "-out", f"{name}.pem", cwd=self.directory)
        return self.directory / f"{name}.pem", self.directory / f"{name}.key"

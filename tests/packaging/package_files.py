"""The .deb and .rpm files as they lie in a folder: what they say of themselves."""

import pathlib
import re
import subprocess
import tempfile

from debian_root import quietly

PACKAGES = {"gantry", "gantry-sdk-dev", "gantry-all", "gantry-plugin-hello", "gantry-plugin-notes"}


def debs(folder):
    """name -> file"""
    files = sorted(pathlib.Path(folder).glob("*.deb"))
    return {quietly(["dpkg-deb", "-f", file, "Package"]).strip(): file for file in files}


def rpms(folder):
    files = sorted(pathlib.Path(folder).glob("*.rpm"))
    return {quietly(["rpm", "-qp", "--qf", "%{NAME}", file]): file for file in files}


def debian_dependencies(file, fields=("Depends", "Recommends")):
    """The packages of Debian that this one asks for; of alternatives the first, as apt takes it."""
    wanted = set()
    for field in fields:
        for relation in quietly(["dpkg-deb", "-f", file, field]).split(","):
            name = re.split(r"[ (|]", relation.strip())[0]
            if name and name not in PACKAGES and not name.startswith("gantry-plugin-"):
                wanted.add(name)
    return wanted


def bumped(file, version, folder):
    """The same package under a later version."""
    work = pathlib.Path(tempfile.mkdtemp(dir=folder)) / file.stem
    quietly(["dpkg-deb", "--raw-extract", file, work])
    control = work / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    control.write_text(re.sub(r"(?m)^Version: .*$", f"Version: {version}", text), encoding="utf-8")
    target = pathlib.Path(folder) / f"{file.stem}.bumped.deb"
    quietly(["dpkg-deb", "--build", "--root-owner-group", work, target])
    return target


def check_debs(files):
    assert PACKAGES <= set(files), files
    # Errors decide; warnings are printed for whoever reads along.
    lintian = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", *map(str, files.values())],
        capture_output=True,
        text=True,
        check=False,
    )
    print(lintian.stdout, end="")
    assert lintian.returncode == 0, lintian.stdout + lintian.stderr
    conffiles = quietly(["dpkg-deb", "-I", files["gantry"], "conffiles"]).split()
    assert conffiles == ["/etc/gantry/gantry.yaml"], conffiles


def check_rpms(files):
    assert PACKAGES <= set(files), files
    for name, file in files.items():
        shown = quietly(["rpm", "-qp", "--qf", "%{NAME} %{VERSION} %{LICENSE}\n", file])
        assert re.fullmatch(rf"{re.escape(name)} \d+\.\d+\.\d+ Apache-2.0\n", shown), shown
        wrong = [line for line in quietly(["rpm", "-qplv", file]).splitlines() if "root     root" not in line]
        assert not wrong, wrong
    configured = {name: quietly(["rpm", "-qp", "--configfiles", file]).split() for name, file in files.items()}
    assert configured["gantry"] == ["/etc/gantry/gantry.yaml"], configured
    assert configured["gantry-plugin-hello"] == ["/etc/gantry/plugins.d/hello.yaml"], configured
    scripts = quietly(["rpm", "-qp", "--scripts", files["gantry"]])
    for word in ["useradd --system --gid gantry", "/var/lib/gantry", "systemctl try-restart gantry.service"]:
        assert word in scripts, f"{word} is not in the scripts:\n{scripts}"
    scripts = quietly(["rpm", "-qp", "--scripts", files["gantry-plugin-hello"]])
    assert scripts.count("systemctl reload gantry.service") == 2, scripts
    asked = quietly(["rpm", "-qp", "--requires", files["gantry-all"]])
    for name in PACKAGES - {"gantry-all"}:
        assert re.search(rf"(?m)^{name} = ", asked), asked
    listed = quietly(["rpm", "-qpl", files["gantry-plugin-hello"]])
    assert re.search(r"(?m)^/usr/lib/gantry/plugins/hello/\d+\.\d+\.\d+/hello\.so$", listed), listed

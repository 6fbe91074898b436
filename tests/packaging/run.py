#!/usr/bin/env python3
"""The packages in a bare Debian: they install, serve, upgrade under load and go; and a plugin is written with them elsewhere.

usage: run.py <folder with the packages>
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time

import yaml

import booted
import debian_root
import package_files
import rpm_root
from host_process import HostProcess, ask, until
from load import Load

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SERVE = ("/usr/bin/gantry", "serve")
# What a purge leaves, as docs/PACKAGES.md says: what was written through the host, and what dpkg itself remembers.
LEFT_BEHIND = ("/var/lib/gantry", "/var/lib/dpkg", "/var/cache", "/var/log", "/var/lib/systemd", "/etc/passwd-", "/etc/group-",
               "/etc/shadow-", "/etc/gshadow-", "/etc/.pwd.lock", "/etc/subuid-", "/etc/subgid-", "/packages")  # fmt: skip


def step(text):
    print(f"  {time.monotonic() - BEGIN:5.1f} s  {text}", flush=True)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def install(root, files):
    for file in files:
        target = root.path / "packages"
        target.mkdir(exist_ok=True)
        (target / file.name).write_bytes(file.read_bytes())
    root.run("dpkg", "-i", *[f"/packages/{file.name}" for file in files])


def check_first_start(root):
    with_defaults = root.run("gantry", "check", user="gantry")
    assert "/etc/gantry/gantry.yaml: in order, 2 plugins" in with_defaults, with_defaults
    host = HostProcess(root, *SERVE, user="gantry")
    assert host.ask("/hello/World") == (200, "Hello, World!\n")
    status, text = host.ask("/notes", {"title": "milk", "body": "two litres"})
    assert status == 201, text
    data = root.path / "var/lib/gantry"
    for path in (data, data / "postgresql/cluster"):
        assert owner_in(root, path) == "gantry", path
    host.stop()
    step("installed: it starts as gantry with its defaults, greets, keeps a note, and ends")


def owner_in(root, path):
    users = (line.split(":") for line in (root.path / "etc/passwd").read_text(encoding="utf-8").splitlines())
    return {int(user[2]): user[0] for user in users}.get(path.stat().st_uid)


def check_upgrade(root, files, work):
    settings = root.path / "etc/gantry/gantry.yaml"
    mine = settings.read_text(encoding="utf-8").replace("  #access_log: true", "  access_log: false")
    settings.write_text(mine, encoding="utf-8")
    listen = f"127.0.0.1:{free_port()}"
    host = HostProcess(root, *SERVE, user="gantry", listen=listen)
    with Load(listen) as load:
        until(lambda: load.answered > 100, "the load runs")
        install(root, [package_files.bumped(file, "1.0.1-1", work) for file in files])
        assert "1.0.1-1" in root.run("dpkg-query", "-W", "-f", "${Version}", "gantry")
        unpacked = load.answered
        until(lambda: load.answered > unpacked + 100, "the old host serves on although its files are replaced")
        host.process.send_signal(signal.SIGHUP)
        until(lambda: any(line.startswith("reloaded: generation 2") for line in host.lines), "the plugins are reloaded")
        reloaded = load.answered
        until(lambda: load.answered > reloaded + 100, "the next generation serves")
        assert load.not_taken == 0, "a client was turned away while the packages were replaced and the plugins reloaded"
        host.stop()
        next_host = HostProcess(root, *SERVE, user="gantry", listen=listen)
        restarted = load.answered
        until(lambda: load.answered > restarted + 100, "the new host serves")
    assert not load.wrong, load.wrong[:5]
    for note, title in load.written:
        status, text = next_host.ask(f"/notes/{note}")
        assert status == 200 and title in text, (note, status, text)
    assert settings.read_text(encoding="utf-8") == mine, "the administrator's configuration was changed"
    next_host.stop()
    step(f"upgraded under load: {load.answered} answers, none wrong, none missed by the reload, "
         f"{load.not_taken} connections met the restart, "
         f"{len(load.written)} notes all there")  # fmt: skip


def check_removal(root, before, names):
    root.run("dpkg", "-r", "gantry-plugin-hello")
    host = HostProcess(root, *SERVE, user="gantry")
    assert host.ask("/hello/World")[0] == 404
    assert host.ask("/notes")[0] == 200
    host.stop()
    step("a plugin removed: the host goes on without it")
    root.run("dpkg", "-r", *names)
    assert (root.path / "etc/gantry/gantry.yaml").exists(), "removal took the configuration"
    assert not (root.path / "usr/bin/gantry").exists()
    root.run("dpkg", "-P", *names, "gantry-plugin-hello")
    left = sorted(path for path in root.files() - before if not path.startswith(LEFT_BEHIND))
    assert not left, left
    assert (root.path / "var/lib/gantry/postgresql").is_dir(), "the purge took the data"
    assert "gantry:" in (root.path / "etc/passwd").read_text(encoding="utf-8")
    step("removed and purged: only /var/lib/gantry and its user stay")


def check_container_files():
    files = [*(REPOSITORY / "packaging/container").rglob("*.yaml")]
    read = {file.name: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
    assert {"gantry", "postgres", "redis", "prometheus", "grafana"} <= set(read["compose.yaml"]["services"]), read
    for service in read["compose.yaml"]["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            known = source in read["compose.yaml"]["volumes"] or (REPOSITORY / "packaging/container" / source).exists()
            assert known, f"{source} is neither a volume nor a file"


def check_unit(root):
    unit = "/usr/lib/systemd/system/gantry.service"
    shown = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--root={root.path}", "--threshold=20", unit],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SYSTEMD_PAGER": ""},
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    step(shown.stdout.strip().splitlines()[-1].strip("→ "))


def check_host_packages(files, work):
    wanted = set().union(*(package_files.debian_dependencies(file) for file in files))
    with debian_root.used(debian_root.with_packages(wanted)) as root:
        step("a bare Debian with what the packages depend on")
        before = root.files()
        install(root, files)
        check_unit(root)
        check_first_start(root)
        check_upgrade(root, files, work)
        check_removal(root, before, ["gantry-plugin-notes", "gantry"])


# Quicker than what is shipped, so that the test need not wait: 30 s until the watchdog, 2 min until it kills.
IMPATIENT = "[Service]\nWatchdogSec=4s\nTimeoutAbortSec=1s\n"


def check_service(files, work):
    """The unit as it is, sandbox and all, under a real systemd."""
    wanted = set().union(*(package_files.debian_dependencies(file) for file in files)) | {"systemd", "systemd-sysv"}
    by_name = {file.name.split("_")[0]: file for file in files}
    listen = f"127.0.0.1:{free_port()}"
    with debian_root.used(debian_root.with_packages(wanted), mounts=contextlib.nullcontext) as root:
        (root.path / "etc/default/gantry").write_text(f"GANTRY_HTTP_LISTEN={listen}\n", encoding="ascii")
        override = root.path / "etc/systemd/system/gantry.service.d"
        override.mkdir()
        (override / "impatient.conf").write_text(IMPATIENT, encoding="ascii")
        with booted.booted(root) as system:
            install_booted(system, by_name["gantry"], by_name["gantry-plugin-hello"])
            until(lambda: ask_if_there(listen, "/hello/World") == 200, "the package started its service")
            until(lambda: system.unit("ActiveState") == "active", "systemd heard that it serves")
            first = system.unit("MainPID")
            install_booted(system, by_name["gantry-plugin-notes"])
            until(lambda: ask_if_there(listen, "/notes") == 200, "a plugin that was installed serves after the reload")
            assert system.unit("MainPID") == first, "a plugin's installation restarted the host"
            status, text = ask(listen, "/notes", {"title": "kept", "body": "through all of it"})
            assert status == 201, text
            system.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "gantry.service")
            until(lambda: system.unit("NRestarts") == "1", "the watchdog restarted a host that gave no sign of life")
            until(lambda: ask_if_there(listen, "/notes") == 200, "it serves again")
            second = system.unit("MainPID")
            install_booted(system, package_files.bumped(by_name["gantry"], "1.0.1-1", work))
            until(lambda: system.unit("MainPID") not in (second, "0"), "an upgrade of the host restarts it")
            until(lambda: ask_if_there(listen, "/notes") == 200, "the upgraded host serves")
            assert "kept" in ask(listen, "/notes")[1]
            system.run("systemctl", "stop", "gantry.service")
            assert (system.unit("Result"), system.unit("ActiveState")) == ("success", "inactive"), system.journal()
            assert system.unit("TasksCurrent") in ("0", "[not set]"), "something of PostgreSQL is left"
    step("under systemd: started by its package, sandboxed, reloaded, saved by the watchdog, upgraded, stopped")


def install_booted(system, *files):
    folder = system.root.path / "packages"
    folder.mkdir(exist_ok=True)
    for file in files:
        (folder / file.name).write_bytes(file.read_bytes())
    system.run("dpkg", "-i", *[f"/packages/{file.name}" for file in files])


def ask_if_there(listen, path):
    try:
        return ask(listen, path)[0]
    except OSError:
        return None


def check_plugin_elsewhere(files):
    wanted = set().union(*(package_files.debian_dependencies(file) for file in files))
    with debian_root.used(debian_root.with_packages(wanted)) as root:
        install(root, files)
        root.run("useradd", "--create-home", "--shell", "/bin/bash", "author")
        begun = time.monotonic()
        root.run("gantry", "plugin", "new", "weather", user="author", directory="/home/author")
        at = "/home/author/weather"
        # Without even a loopback device: nothing may be fetched.
        root.run("make", "build", user="author", directory=at, variables=author(), before=["unshare", "--net"])
        host = HostProcess(root, "make", "run", user="author", directory=at, variables=author())
        assert host.ask("/weather/Maria") == (200, "Maria is fine\n")
        step(f"a plugin written elsewhere: first answer {time.monotonic() - begun:.0f} s after `gantry plugin new`")
        host.interrupt()
        tested = root.run("make", "test", user="author", directory=at, variables=author())
        assert "100% tests passed" in tested, tested
        check_pkg_config(root)
        step("its tests pass, as an ordinary user and without network")


def author():
    return {"HOME": "/home/author", "USER": "author"}


def check_pkg_config(root):
    sought = {**os.environ, "PKG_CONFIG_LIBDIR": str(root.path / "usr/share/pkgconfig")}
    told = {name: debian_root.quietly(["pkg-config", f"--variable={name}", "gantry"], env=sought).strip()
            for name in ("includedir", "plugindir", "plugin_map")}  # fmt: skip
    assert told["plugindir"] == "/usr/lib/gantry/plugins", told
    assert (root.path / told["includedir"][1:] / "gantry/abi.h").is_file(), told
    assert (root.path / told["plugin_map"][1:]).is_file(), told


def main(folder):
    if os.geteuid() != 0:
        sys.exit("package test: needs root, for chroot and mounts")
    debs = package_files.debs(folder)
    package_files.check_debs(debs)
    package_files.check_rpms(package_files.rpms(folder))
    rpm_root.check(package_files.rpms(folder))
    check_container_files()
    step("the packages are sound, .deb and .rpm")
    with tempfile.TemporaryDirectory() as work:
        host_packages = [debs[name] for name in ("gantry", "gantry-plugin-hello", "gantry-plugin-notes")]
        check_host_packages(host_packages, work)
        try:
            check_service(host_packages, work)
        except booted.CannotBoot as why:
            step(f"NOT TESTED under systemd: {why}")
    check_plugin_elsewhere([debs[name] for name in ("gantry", "gantry-sdk-dev")])
    step("done")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that everything is unmounted
    BEGIN = time.monotonic()
    main(sys.argv[1])

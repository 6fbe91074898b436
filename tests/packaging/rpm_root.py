"""The .rpm files installed into a root, upgraded over a changed setting, and erased: paths, owners, modes and scripts."""

import stat

import debian_root
from debian_root import quietly

# Not a distribution of theirs: what they need of it is not there, and is not asked for.
WITHOUT_DEPENDENCIES = ["--nodeps", "--nosignature"]
EXPECTED = {
    "/usr/bin/gantry": 0o755,
    "/etc/gantry/gantry.yaml": 0o644,
    "/etc/gantry/plugins.d": 0o755,
    "/etc/gantry/plugins.d/hello.yaml": 0o644,
    "/usr/lib/systemd/system/gantry.service": 0o644,
    "/usr/share/zsh/site-functions/_gantry": 0o644,
    "/usr/share/bash-completion/completions/gantry": 0o644,
    "/usr/share/fish/vendor_completions.d/gantry.fish": 0o644,
    "/usr/share/man/man1/gantry.1.gz": 0o644,
    "/usr/share/gantry/migrations/gantry": 0o755,
    "/usr/share/cmake/Gantry/GantryConfig.cmake": 0o644,
}


def rpm(root, *arguments):
    return quietly(["rpm", "--root", root.path, *map(str, arguments)])


def changed_since(root, names):
    """What rpm -V finds beside the words of Debian's rpm about itself."""
    lines = rpm(root, "-V", *WITHOUT_DEPENDENCIES[:2], *names).splitlines()
    return [line for line in lines if not line.startswith("rpm: ")]


def check(files):
    with debian_root.used(debian_root.bare()) as root:
        before = root.files()
        rpm(root, "--install", *WITHOUT_DEPENDENCIES, *files.values())
        for path, mode in EXPECTED.items():
            found = (root.path / path[1:]).stat()
            assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (0, 0, mode), (path, found)
        assert changed_since(root, files) == []
        check_data_directory(root)
        check_changed_setting(root, files)
        rpm(root, "--erase", *WITHOUT_DEPENDENCIES[:1], *files)
        left = {path for path in root.files() - before if not path.startswith(("/var/lib/rpm", "/root/.rpmdb"))}
        # The account stays, as everywhere; the directory of an empty host does not.
        ours = {path for path in left if "gantry" in path}
        assert ours <= {"/etc/gantry", "/etc/gantry/gantry.yaml.rpmsave"}, ours
        assert "gantry:" in (root.path / "etc/passwd").read_text(encoding="utf-8")


def check_data_directory(root):
    told = root.run("stat", "-c", "%U %G %a", "/var/lib/gantry").split()
    assert told == ["gantry", "gantry", "750"], told
    account = root.run("getent", "passwd", "gantry")
    assert account.strip().endswith(":/var/lib/gantry:/sbin/nologin"), account


def check_changed_setting(root, files):
    settings = root.path / "etc/gantry/gantry.yaml"
    mine = settings.read_text(encoding="utf-8") + "# mine\n"
    settings.write_text(mine, encoding="utf-8")
    rpm(root, "--upgrade", "--replacepkgs", *WITHOUT_DEPENDENCIES, files["gantry"])
    assert settings.read_text(encoding="utf-8") == mine, "a changed setting was overwritten"

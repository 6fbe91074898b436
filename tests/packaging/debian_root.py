"""A bare Debian to install packages into: made by debootstrap, kept for the next run, never written to again.

What is kept lies in GANTRY_ROOT_CACHE, else ~/.cache/gantry/debian. Needs root: chroot, mount.
"""

import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

CACHE = pathlib.Path(os.environ.get("GANTRY_ROOT_CACHE") or pathlib.Path.home() / ".cache/gantry/debian")
SUITE = "bookworm"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
BARE_ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND": "noninteractive",
    "LC_ALL": "C.UTF-8",
}


def environment():
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return {**BARE_ENVIRONMENT, **proxies}


def quietly(arguments, **options):
    """Runs it; its words are only worth reading if it fails."""
    result = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", check=False, **options
    )
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, arguments))} ended with {result.returncode}:\n{result.stdout[-6000:]}")
    return result.stdout


def mirror():
    """The Debian mirror of this machine, so that the root comes from where its own packages come from."""
    listed = quietly(["apt-get", "indextargets", "--format", "$(REPO_URI) $(SUITE) $(CODENAME)"])
    for line in listed.splitlines():
        uri, *names = line.split()
        if SUITE in names and "debian" in uri and "security" not in uri:
            return uri
    return "http://deb.debian.org/debian"


class Root:
    """A directory with a Debian in it."""

    def __init__(self, path):
        self.path = pathlib.Path(path)

    def run(self, *arguments, user=None, directory="/", variables=None, before=()):
        return quietly(self.command(arguments, user, directory, before), env={**environment(), **(variables or {})})

    def start(self, *arguments, user=None, directory="/", variables=None, **options):
        return subprocess.Popen(
            self.command(arguments, user, directory, ()), env={**environment(), **(variables or {})}, **options
        )

    def command(self, arguments, user, directory, before):
        """As a service would run it: nothing may be gained by a file's mode, and no capability is there."""
        identity = []
        if user is not None:
            identity = ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--no-new-privs", "--bounding-set=-all"]
        inside = ["env", "-C", directory, *identity, *arguments]
        return [*map(str, before), "chroot", str(self.path), *map(str, inside)]

    def files(self):
        """Every path of the system itself, without what is mounted."""
        skip = {self.path / name for name in ("proc", "dev", "sys", "tmp", "run")}
        found = set()
        for folder, folders, names in os.walk(self.path):
            folders[:] = [name for name in folders if pathlib.Path(folder, name) not in skip]
            found.update("/" + str(pathlib.Path(folder, name).relative_to(self.path)) for name in folders + names)
        return found


@contextlib.contextmanager
def mounted(root):
    with contextlib.ExitStack() as ends:
        for source, target, options in [("proc", "proc", ["-t", "proc"]), ("/dev", "dev", ["--rbind", "--make-rslave"])]:
            quietly(["mount", *options, source, root.path / target])
            ends.callback(subprocess.run, ["umount", "-l", root.path / target], check=False)
        yield root


def install_sources(root):
    """apt in the root asks the same servers, in the same way, as apt of this machine."""
    for name in ("sources.list", "sources.list.d", "apt.conf.d"):
        source, target = pathlib.Path("/etc/apt", name), root.path / "etc/apt" / name
        if source.is_file():
            shutil.copy(source, target)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
    # Debian only: what else this machine uses may need keys or programs that a bare root does not have.
    for file in (root.path / "etc/apt/sources.list.d").iterdir():
        if "debian" not in file.read_text(encoding="utf-8", errors="replace").replace("debian.", ""):
            file.unlink()
    for program in ("packagekit", "appstream"):
        for file in (root.path / "etc/apt/apt.conf.d").glob(f"*{program}"):
            file.unlink()
    shutil.copy("/etc/resolv.conf", root.path / "etc/resolv.conf")


def prepare(root):
    install_sources(root)
    # No service is started in a chroot, no cluster is made by Debian's PostgreSQL, and a crash may cost this root.
    policy = root.path / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
    policy.chmod(0o755)
    settings = root.path / "etc/postgresql-common"
    settings.mkdir(exist_ok=True)
    (settings / "createcluster.conf").write_text("create_main_cluster = false\n", encoding="ascii")
    (root.path / "etc/dpkg/dpkg.cfg.d/force-unsafe-io").write_text("force-unsafe-io\n", encoding="ascii")


def kept(name, make):
    """The directory CACHE/<name>, made by make(directory) if it is not there whole."""
    directory = CACHE / name
    if not directory.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = pathlib.Path(tempfile.mkdtemp(prefix=f".{name}.", dir=CACHE))
        try:
            draft.chmod(0o755)
            make(draft)
            draft.rename(directory)
        except BaseException:
            quietly(["rm", "-rf", "--one-file-system", draft])
            raise
    return directory


def bare():
    def make(directory):
        quietly(
            ["debootstrap", "--variant=minbase", f"--keyring={KEYRING}", SUITE, directory, mirror()],
            env={**os.environ, "LC_ALL": "C"},
        )
        prepare(Root(directory))

    return kept(f"{SUITE}-bare", make)


def with_packages(packages):
    """A bare Debian with these packages of Debian and what they depend on, and nothing else."""
    wanted = sorted(packages)
    key = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:12]
    base = bare()

    def make(directory):
        quietly(["cp", "-a", f"{base}/.", directory])
        with mounted(Root(directory)) as root:
            root.run("apt-get", "update", "-q")
            root.run("apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted)
            root.run("apt-get", "clean")

    return kept(f"{SUITE}-{key}", make)


@contextlib.contextmanager
def used(directory, mounts=mounted):
    """A root of one's own above a kept one, gone at the end."""
    with contextlib.ExitStack() as ends:
        work = pathlib.Path(tempfile.mkdtemp(prefix="gantry-package-test-"))
        ends.callback(subprocess.run, ["rm", "-rf", "--one-file-system", str(work)], check=False)
        work.chmod(0o755)
        root = Root(work / "root")
        for folder in ("root", "upper", "work"):
            (work / folder).mkdir(mode=0o755)
        layers = f"lowerdir={directory},upperdir={work / 'upper'},workdir={work / 'work'}"
        overlay = ["mount", "-t", "overlay", "overlay", "-o", layers, str(root.path)]
        if subprocess.run(overlay, check=False, stderr=subprocess.DEVNULL).returncode == 0:
            ends.callback(subprocess.run, ["umount", "-l", str(root.path)], check=False)
        else:
            quietly(["cp", "-a", f"{directory}/.", root.path])
        yield ends.enter_context(mounts(root))

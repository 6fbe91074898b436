"""A network of a test's own: any address can be on it, and names lead where the test says. Nothing of the machine changes."""

import concurrent.futures
import ctypes
import fcntl
import shutil
import socket
import struct
import subprocess
import sys
import threading
import unittest

from gantry_host import temporary_directory

# Of <sched.h>, <net/if.h> and <linux/sockios.h>.
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
IFF_UP = 1
SIOCSIFFLAGS, SIOCSIFADDR = 0x8914, 0x8916


class PrivateNetworkCase(unittest.TestCase):
    """The class runs in one thread that has left the machine's network and mounts; what the thread starts follows it."""

    addresses = ()  # on this network besides 127.0.0.1 and ::1

    @classmethod
    def setUpClass(cls):
        cls.inside = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        cls.addClassCleanup(cls.inside.shutdown)
        cls.inside.submit(cls.leave_the_machine).result()
        cls.inside.submit(cls.set_up_inside).result()

    @classmethod
    def set_up_inside(cls):
        """For the hosts and servers that the tests of a class share."""

    def run(self, result=None):
        self.inside.submit(super().run, result).result()

    @classmethod
    def leave_the_machine(cls):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(CLONE_NEWNET | CLONE_NEWNS) != 0:
            print("skipped: this machine does not let the test have a network of its own", file=sys.stderr)
            raise unittest.SkipTest("unshare is not permitted")
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        cls.raise_loopback()
        cls.names = cls.enterClassContext(NameServer())
        directory = temporary_directory()
        cls.addClassCleanup(shutil.rmtree, directory)
        resolv_conf = directory / "resolv.conf"
        resolv_conf.write_text("nameserver 127.0.0.1\noptions timeout:20 attempts:1\n", encoding="ascii")
        # Nobody sees the mount but this thread and what it starts: it ends with them.
        subprocess.run(["mount", "--bind", str(resolv_conf), "/etc/resolv.conf"], check=True)

    @classmethod
    def raise_loopback(cls):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
            for number, address in enumerate(cls.addresses):
                name = f"lo:{number + 1}".encode()
                packed = struct.pack("16sHH4s16x", name, socket.AF_INET, 0, socket.inet_aton(address))
                fcntl.ioctl(control, SIOCSIFADDR, packed)


class NameServer:
    """Answers for the names it is told: `self["name"] = [answers to the first question, to the second, ...]`.

    The last answers are repeated; an answer is a list of addresses. None: it stays silent.
    """

    def __init__(self):
        self.asked = []  # (name, "A" or "AAAA"), in order
        self._answers = {}
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def __setitem__(self, name, answers):
        self._answers[name] = answers

    def __enter__(self):
        self._socket.bind(("127.0.0.1", 53))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                question, client = self._socket.recvfrom(512)
                if (answer := self._answer(question)) is not None:
                    self._socket.sendto(answer, client)
            except OSError:
                return  # closed

    def _answer(self, question):
        """RFC 1035, section 4: the question again, and a record for each address of the kind that is asked for."""
        labels, at = [], 12
        while size := question[at]:
            labels.append(question[at + 1 : at + 1 + size].decode("ascii"))
            at += 1 + size
        end = at + 5
        kind = struct.unpack("!H", question[at + 1 : at + 3])[0]
        name, letter = ".".join(labels), {1: "A", 28: "AAAA"}.get(kind)
        known = self._answers.get(name, [])
        before = self.asked.count((name, letter))
        self.asked.append((name, letter))
        addresses = known[min(before, len(known) - 1)] if known else []
        if addresses is None:
            return None
        records = [packed for address in addresses if (packed := packed_as(letter, address))]
        # No time to live: who asks again is answered again.
        body = b"".join(struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(packed)) + packed for packed in records)
        failure = 0 if known else 3
        head = question[:2] + struct.pack("!HHHHH", 0x8580 | failure, 1, len(records), 0, 0)
        return head + question[12:end] + body


def packed_as(letter, address):
    is_v6 = ":" in address
    if letter == "AAAA" and is_v6:
        return socket.inet_pton(socket.AF_INET6, address)
    return socket.inet_pton(socket.AF_INET, address) if letter == "A" and not is_v6 else None

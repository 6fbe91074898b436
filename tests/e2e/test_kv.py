"""gantry.kv/1 of the real host over each store, and a Redis that goes and comes."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost
from waiting import until


class Redis:
    """A redis-server on a unix socket, without anything on disk."""

    def __init__(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="gantry-redis-"))
        self.socket = self.directory / "redis.sock"
        self.process = None

    def start(self):
        words = ["redis-server", "--port", "0", "--unixsocket", str(self.socket), "--save", "", "--dir", str(self.directory)]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        assert any("accept connections" in line for line in self.process.stdout), "redis-server did not start"

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def changes(**kv):
    return {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"keeps": {}}, "kv": kv}


class KeyValueStore(unittest.TestCase):
    def expect_service(self, host):
        self.assertEqual([host.get("/keeps/a").body for _ in range(3)], [b"1", b"2", b"3"])
        self.assertEqual(host.get("/keeps/b").body, b"1")
        self.assertEqual([host.get("/limits/a").status for _ in range(5)], [200, 200, 200, 429, 429])
        refused = host.get("/limits/a")
        self.assertGreater(int(refused.headers["Retry-After"]), 500)
        metrics = host.get("/metrics").body.decode()
        self.assertIn("\ngantry_kv_up 1\n", metrics)
        self.assertIn("\ngantry_kv_operations_total 10\n", metrics)

    def test_memory_serves(self):
        with GantryHost(changes()) as host:
            self.expect_service(host)
            self.assertNotIn("kv", host.get("/health").json()["dependencies"])

    def test_postgresql_serves_and_remembers(self):
        with GantryHost(changes(store="postgresql")) as host:
            self.expect_service(host)
            host.kill()
            host.start()
            self.assertEqual(host.get("/keeps/a").body, b"4")
            self.assertEqual(host.get("/health").json()["dependencies"]["kv"], "ok")

    def test_redis_serves_two_hosts_and_may_go_and_come(self):
        with Redis() as redis:
            settings = changes(store="redis", redis_url=f"unix:{redis.socket}")
            with GantryHost(settings) as host, GantryHost(settings) as other:
                self.expect_service(host)
                self.assertEqual(other.get("/keeps/a").body, b"4")
                self.assertEqual(other.get("/limits/a").status, 429)
                redis.kill()
                until(lambda: host.get("/keeps/a").status == 503, "503 while Redis is away")
                health = host.get("/health")
                self.assertEqual((health.status, health.json()["status"]), (200, "degraded"))
                self.assertIn("\ngantry_kv_up 0\n", host.get("/metrics").body.decode())
                redis.start()
                until(lambda: host.get("/keeps/a").status == 200, "service when Redis is back")


if __name__ == "__main__":
    unittest.main()

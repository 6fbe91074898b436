"""A plugin calls another server: only where the administrator permits it, with the secret that was given to it."""

import hashlib
import http.server
import threading
import unittest

from gantry_host import FIXTURES, PLUGINS, GantryHost


class Upstream:
    """A server on this machine, which is the kind of place that no plugin reaches by default."""

    def __enter__(self):
        keys = self.keys = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                keys.append(self.headers["X-Key"])
                self.send_response(204)
                self.end_headers()

            def do_PUT(self):
                if self.path == "/full":
                    self.close_connection = True
                    return self.answer(507, b"there is no room")
                digest = hashlib.sha256()
                while size := int(self.rfile.readline(), 16):
                    digest.update(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                self.answer(201, digest.hexdigest().encode())

            def answer(self, status, body):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.authority = f"127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def host_with(rules, plugin="calls_out"):
    return GantryHost(
        {"plugin_directories": [str(PLUGINS), str(FIXTURES)], "plugins": {"notes": None, plugin: {"host": rules}}},
        environment={"GANTRY_SECRET_CALLS_OUT__API_KEY": "geheim"},
    )


class Outbound(unittest.TestCase):
    def call(self, host, url):
        answer = host.get("/calls_out", headers={"X-Url": url})
        self.assertEqual(answer.status, 200, answer)
        return answer.text().partition("\n")[0]

    def test_nothing_is_called_without_a_rule(self):
        with Upstream() as upstream, host_with({}) as host:
            self.assertEqual(self.call(host, f"http://{upstream.authority}/"), "EGRESS_DENIED")
            self.assertEqual(upstream.keys, [])
            reasons = [line["reason"] for line in host.logs(logger="calls_out", message="outbound call refused")]
            self.assertEqual(len(reasons), 1)
            self.assertIn(f'egress_private: ["{upstream.authority}"]', reasons[0])
            host.expect_alive()

    def test_this_machine_is_called_only_if_it_is_listed_as_private(self):
        with Upstream() as upstream, host_with({"egress": ["*:*"]}) as host:
            self.assertEqual(self.call(host, f"http://{upstream.authority}/"), "ADDRESS_DENIED")
            self.assertEqual(self.call(host, f"http://localhost:{upstream.authority.split(':')[1]}/"), "ADDRESS_DENIED")
            self.assertEqual(upstream.keys, [])

    def test_what_is_listed_is_called_with_the_plugins_secret_which_no_log_shows(self):
        with Upstream() as upstream, host_with({"egress_private": ["127.0.0.1:*"]}) as host:
            self.assertEqual(self.call(host, f"http://{upstream.authority}/"), "204")
            self.assertEqual(upstream.keys, ["geheim"])
            self.assertNotIn("geheim", host.stderr())

    def test_a_body_goes_out_piece_by_piece_as_fast_as_it_is_taken_in(self):
        with Upstream() as upstream, host_with({"egress_private": ["127.0.0.1:*"]}, "sender") as host:
            sent = host.request("POST", "/sender/500", headers={"X-Url": f"http://{upstream.authority}/"}).json()
            whole = b"".join(bytes([ord("a") + n % 26]) * 65536 for n in range(500))
            self.assertEqual((sent["status"], sent["taken"]), (201, 500))
            self.assertEqual(sent["answer"], hashlib.sha256(whole).hexdigest())
            refused = host.request("POST", "/sender/100000", headers={"X-Url": f"http://{upstream.authority}/full"})
            if refused.status == 200:  # else its last bytes reset the connection before the answer was read
                self.assertEqual((refused.json()["status"], refused.json()["answer"]), (507, "there is no room"))
            else:
                self.assertEqual(refused.json()["code"], "DEPENDENCY_UNAVAILABLE")
            host.expect_alive()


if __name__ == "__main__":
    unittest.main()

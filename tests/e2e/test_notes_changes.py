"""What others hear of a change to a note: clients on a WebSocket, and the server that the administrator chose."""

import asyncio
import http.server
import json
import threading
import unittest

import notes_client
import websockets
from gantry_host import GantryHost
from waiting import PATIENCE_SECONDS, until


class Hook:
    """A server that remembers what it is told; while it is `ill` it refuses."""

    def __enter__(self):
        told = self.told = []
        hook = self
        self.ill = False
        self.refused = 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                hook.refused += hook.ill
                if not hook.ill:
                    told.append((self.headers["Idempotency-Key"], self.headers["Authorization"], body))
                self.send_response(500 if hook.ill else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def changes(self):
        """Without repetitions, in the order of their first arrival."""
        return list({key: (body["change"], body["id"]) for key, _, body in self.told}.values())


def host_that_tells(hook):
    return GantryHost(
        {"plugins": {"notes": {"webhook": hook.url, "host": {"egress_private": ["127.0.0.1:*"]}}}},
        environment={"GANTRY_SECRET_NOTES__WEBHOOK_KEY": "geheim"},
    )


class Webhook(unittest.TestCase):
    def test_it_hears_of_each_change_in_order_with_the_key_which_no_log_shows(self):
        with Hook() as hook, host_that_tells(hook) as host:
            note = notes_client.create(host, "x")["id"]
            self.assertEqual(host.request("PATCH", f"/notes/{note}", {"title": "y"}).status, 200)
            self.assertEqual(host.request("DELETE", f"/notes/{note}").status, 204)
            until(lambda: len(hook.changes()) == 3, "the webhook was told")
            self.assertEqual(hook.changes(), [("notes.created", note), ("notes.changed", note), ("notes.removed", note)])
            self.assertEqual({authorization for _, authorization, _ in hook.told}, {"Bearer geheim"})
            self.assertNotIn("geheim", host.stderr())
            for line in (
                'notes_webhook_total{status="204"} 3',
                "gantry_events_published_total 3",
                "gantry_events_delivered_total 3",
            ):
                until(lambda line=line: line in host.get("/metrics").body.decode(), f"it is counted: {line}")

    def test_what_it_missed_comes_when_it_is_well_again_even_after_a_restart(self):
        with Hook() as hook, host_that_tells(hook) as host:
            hook.ill = True
            note = notes_client.create(host, "x")["id"]
            until(lambda: hook.refused > 0, "the webhook refused")
            host.kill()
            hook.ill = False
            host.start()
            until(lambda: hook.changes() == [("notes.created", note)], "the webhook was told")


class Watchers(unittest.IsolatedAsyncioTestCase):
    def watch(self, host):
        return websockets.connect(f"ws://{host.address[0]}:{host.address[1]}/notes/changes", open_timeout=PATIENCE_SECONDS)

    async def test_all_hear_of_a_change(self):
        with GantryHost() as host:
            watchers = [await self.watch(host) for _ in range(3)]
            note = await asyncio.to_thread(notes_client.create, host, "Milk")
            for watcher in watchers:
                heard = json.loads(await asyncio.wait_for(watcher.recv(), PATIENCE_SECONDS))
                self.assertEqual(heard, {"change": "notes.created", "id": note["id"], "version": 1, "title": "Milk"})
                await watcher.close()

    async def test_a_watcher_outlives_nothing_but_the_plugin(self):
        """A reload closes it with 1012, and its client may come again."""
        with GantryHost() as host:
            watcher = await self.watch(host)
            host.reload()
            with self.assertRaises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(watcher.recv(), PATIENCE_SECONDS)
            self.assertEqual(closed.exception.rcvd.code, 1012)
            async with self.watch(host) as again:
                await asyncio.to_thread(notes_client.create, host, "after")
                self.assertIn("after", await asyncio.wait_for(again.recv(), PATIENCE_SECONDS))


if __name__ == "__main__":
    unittest.main()

"""Clients that write notes without a pause and remember which were answered with 201."""

import http.client
import threading

from http_client import ask, connect


class Writers:
    def __init__(self, address, count=4, body=""):
        self.address = address
        self.body = body
        self.written = {}  # id -> title, only what the host has promised to keep
        self.refused = []  # answers other than 201
        self.lost_connections = 0
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._write, args=(number,), daemon=True) for number in range(count)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _write(self, writer):
        connection = connect(self.address)
        number = 0
        while not self._stopped.is_set():
            number += 1
            title = f"writer {writer} note {number}"
            try:
                answer = ask(connection, "POST", "/notes", {"title": title, "body": self.body})
            except (OSError, http.client.HTTPException):
                connection.close()
                with self._lock:
                    self.lost_connections += 1
                if not self._try_to_reach():
                    return
                continue
            with self._lock:
                if answer.status == 201:
                    self.written[answer.json()["id"]] = title
                else:
                    self.refused.append(answer)
        connection.close()

    def _try_to_reach(self):
        connection = connect(self.address)
        try:
            connection.connect()
            return True
        except OSError:
            return False
        finally:
            connection.close()

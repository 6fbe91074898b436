"""Clients that never pause: what an upgrade must not disturb."""

import json
import threading
import urllib.error

from host_process import ask

# What a client may meet while the one host has gone and the next one is not there yet: nobody took its request.
NOT_TAKEN = (ConnectionRefusedError, ConnectionResetError)


class Load:
    def __init__(self, address, clients=4):
        self.address = address
        self.answered = 0
        self.not_taken = 0
        self.written = []
        self.wrong = []
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number):
        count = 0
        while not self._end.is_set():
            count += 1
            self._greet(count) if count % 2 else self._write(f"note {count} of client {number}")

    def _greet(self, count):
        status, text = self._ask(f"/hello/{count}")
        if status is not None and (status, text) != (200, f"Hello, {count}!\n"):
            self._note_wrong(status, text)

    def _write(self, title):
        status, text = self._ask("/notes", {"title": title, "body": "written under load"})
        if status == 201:
            with self._lock:
                self.written.append((json.loads(text)["id"], title))
        elif status is not None:
            self._note_wrong(status, text)

    def _ask(self, path, body=None):
        try:
            answer = ask(self.address, path, body)
        except urllib.error.URLError as error:
            if isinstance(error.reason, NOT_TAKEN):
                return self._note_not_taken()
            raise
        except NOT_TAKEN:
            return self._note_not_taken()
        with self._lock:
            self.answered += 1
        return answer

    def _note_not_taken(self):
        with self._lock:
            self.not_taken += 1
        self._end.wait(0.01)
        return None, None

    def _note_wrong(self, status, text):
        with self._lock:
            self.wrong.append((status, text[:300]))

"""Clients that ask without a pause and remember what the host has accepted, until they are stopped or it is killed."""

import http.client
import threading

from http_client import ask, connect


class Askers:
    """One client for each iterable of (path, body, mark). A 202 is remembered by its mark; by its text where that is None."""

    def __init__(self, address, clients):
        self.accepted = []
        self._address = address
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(requests,), daemon=True) for requests in clients]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, requests):
        connection = connect(self._address)
        try:
            for path, body, mark in requests:
                answer = ask(connection, "POST", path, body)
                if answer.status == 202:
                    self.accepted.append(answer.text() if mark is None else mark)
                if self._stopped.is_set():
                    break
        except (OSError, http.client.HTTPException):
            pass  # the host has been killed, as the test wanted
        finally:
            connection.close()

"""A proxy that gives each new connection to the next of its servers, and to another one if that does not answer."""

import itertools
import socket
import threading


class RoundRobin:
    def __init__(self, addresses):
        self.addresses = list(addresses)
        self.turns = itertools.count()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = self.listener.getsockname()

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        # A thread in accept() keeps a closed socket alive; shutting it down wakes it.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        first = next(self.turns)
        for step in range(len(self.addresses)):
            try:
                server = socket.create_connection(self.addresses[(first + step) % len(self.addresses)], 10)
                break
            except OSError:
                continue
        else:
            client.close()
            return
        server.settimeout(None)
        back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
        back.start()
        self._copy(client, server)
        back.join()
        client.close()
        server.close()

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

"""Stands between a host and a server: passes every byte on at once, late, or not at all."""

import contextlib
import socket
import threading
import time


class SlowProxy:
    """`target` is the path of a unix socket; `delay_seconds` holds for what comes from now on, None: nothing passes."""

    def __init__(self, target):
        self.target = target
        self.delay_seconds = 0.0
        self._open = threading.Event()
        self._open.set()
        self._gone = False
        self._sockets = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.let_pass()
        for each in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def hold(self):
        """There, but deaf and dumb."""
        self._open.clear()

    def cut(self):
        """Gone: what is open ends, and who comes anew is turned away at once."""
        self._gone = True
        for each in self._sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def let_pass(self, delay_seconds=0.0):
        self._gone = False
        self.delay_seconds = delay_seconds
        self._open.set()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
                if self._gone:
                    near.close()
                    continue
                far = socket.socket(socket.AF_UNIX)
                self._sockets += [near, far]
                far.connect(str(self.target))
            except OSError:
                return
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source, sink):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                time.sleep(self.delay_seconds)
                self._open.wait()
                sink.sendall(piece)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

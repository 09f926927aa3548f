"""A fake XMPP server for one component (XEP-0114): it sends whatever a test gives it.

    server = FakeServer("im.example.org")
    ...start the gateway with server.port...
    server.wait_online()
    server.send(b"<message from='ann@example.org' to='im.example.org'><body>hi</body></message>")
    answer = server.wait_for("ann@example.org", "m1")

It routes nothing and checks nothing. What comes in is kept; the component's pings to itself are
answered, as they come round on a real server. A thread of its own serves one stream after another.
"""

import socket
import threading
import time
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import quoteattr

STREAM = "{http://etherx.jabber.org/streams}stream"
HANDSHAKE = "handshake"
SECONDS = 20


def local(element):
    return element.tag.rpartition("}")[2]


class FakeServer:
    def __init__(self, domain):
        self.domain = domain
        self.preamble = b""  # sent before the header of the next streams
        self.connections = 0
        self.streams = 0  # how often a component came online
        self.received = []  # ElementTree elements
        self._changed = threading.Condition()
        self._sending = threading.Lock()
        self._socket = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._listener.close()
        if self._socket is not None:
            self._socket.close()

    # ---- the thread ----------------------------------------------------------------------------

    def _serve(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                self.connections += 1
                self._changed.notify_all()
            with connection:
                try:
                    self._stream(connection)
                except (OSError, ElementTree.ParseError):
                    pass
                self._tell(online=None)

    def _stream(self, connection):
        parser = ElementTree.XMLPullParser(events=("start", "end"))
        depth, stream = 0, None
        while data := connection.recv(65536):
            parser.feed(data)
            for event, element in parser.read_events():
                if event == "start":
                    depth += 1
                    if depth == 1:
                        stream = element
                        connection.sendall(self.preamble + self._header())
                    continue
                depth -= 1
                if depth == 1:
                    stream.remove(element)
                    self._take(connection, element)

    def _header(self):
        return (
            "<stream:stream xmlns='jabber:component:accept' id='s1' "
            f"xmlns:stream='http://etherx.jabber.org/streams' from='{self.domain}'>"
        ).encode()

    def _take(self, connection, stanza):
        if local(stanza) == HANDSHAKE:
            connection.sendall(b"<handshake/>")
            self._tell(online=connection)
        elif stanza.get("to") == self.domain and stanza.get("type") == "get":
            answer = f"<iq type='result' from='{self.domain}' to='{self.domain}' id=%s/>"
            with self._sending:
                connection.sendall((answer % quoteattr(stanza.get("id"))).encode())
        else:
            with self._changed:
                self.received.append(stanza)
                self._changed.notify_all()

    def _tell(self, online):
        with self._changed:
            self._socket = online
            self.streams += online is not None
            self._changed.notify_all()

    # ---- what tests say ------------------------------------------------------------------------

    def send(self, data):
        """False when the component is gone, or goes while this is sent."""
        connection = self._socket
        if connection is None:
            return False
        try:
            with self._sending:
                connection.sendall(data)
        except OSError:
            return False
        return True

    def wait(self, condition, what, seconds=SECONDS):
        end = time.monotonic() + seconds
        with self._changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what}: not within {seconds} s")
                self._changed.wait(left)

    def wait_online(self, streams=1):
        self.wait(
            lambda: self.streams >= streams and self._socket is not None,
            f"the component's stream number {streams}",
        )

    def of(self, address, name=None):
        """What was sent to an address, with this id if one is given."""
        return [
            stanza
            for stanza in self.received
            if stanza.get("to") == address and name in (None, stanza.get("id"))
        ]

    def wait_for(self, address, name=None):
        self.wait(lambda: self.of(address, name), f"an answer to {address}")
        return self.of(address, name)[-1]

    def forget(self):
        with self._changed:
            self.received.clear()

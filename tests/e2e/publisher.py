"""A witness for the durability of acknowledged posts: publishes all the time, in a thread of its own,
and remembers what was acknowledged, while the bridge may be killed at any moment.

    publisher = Publisher(endpoint, "witness")
    publisher.start()
    ...                                 # kill, start, kill
    acknowledged = publisher.stop()     # {post id: text}
"""

import collections
import threading

import zmq

from wire_client import Goodbye, LapwingClient, NoAnswer

IN_FLIGHT = 8  # requests without an answer at a time
PAUSE_SECONDS = 0.003  # before each: a steady trickle beside the import
BREAK_SECONDS = 1  # without any answer for so long, the session is opened again


class Publisher(threading.Thread):
    def __init__(self, endpoint, nick):
        super().__init__(daemon=True)
        self.endpoint, self.nick = endpoint, nick
        self.acknowledged = {}
        self.sessions = 0
        self._ending = threading.Event()
        self._number = 0

    def run(self):
        while not self._ending.is_set():
            with LapwingClient(self.endpoint, self.nick) as client:
                try:
                    client.hello(BREAK_SECONDS)
                    self.sessions += 1
                    self._publish(client)
                except (NoAnswer, Goodbye, zmq.Again):
                    pass  # what was not answered may or may not be in the log

    def _publish(self, client):
        waiting = collections.deque()
        while not self._ending.wait(PAUSE_SECONDS):
            while len(waiting) < IN_FLIGHT:
                self._number += 1
                text = f"{self.nick} number {self._number}"
                request = client.publish_request(self.nick, str(self._number), text, True)
                waiting.append((client.start(request), text))
            sequence, text = waiting.popleft()
            reply = client.wait(sequence, BREAK_SECONDS)
            if reply.WhichOneof("result") == "published":
                self.acknowledged[reply.published.id] = text

    def stop(self):
        """Ends it and returns {post id: text} of everything that was acknowledged."""
        self._ending.set()
        self.join()
        return self.acknowledged

"""A website in a folder of its own, for tests and benches beside a LoneBridge.

    with LoneBridge() as bridge, LoneWeb(bridge.web) as web:
        status, answer = web.ask("POST", "/api/posts", {"text": "hello"}, nick="alice")
        for event, id, data in web.stream("/api/events", last_id=7): ...

Processes are started here, and only those are ended.
"""

import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

BIN = pathlib.Path(os.environ.get("LAPWING_BIN", "build/release/bin")).resolve()
SECRET = "a-secret-of-the-tests"

CONFIG = """
[http]
listen = "127.0.0.1:{port}"
connections_per_address = 20000
[bridge]
endpoint = "{endpoint}"
[data]
path = "{dir}/data"
snapshot_every = "1s"
[limits]
requests = "unlimited"
changes = "unlimited"
[[token]]
secret_file = "secret"
nick = "*"
{extra}
"""


class LoneWeb:
    def __init__(self, endpoint, extra=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="lapwing-web-"))
        self.endpoint, self.extra = endpoint, extra
        (self.dir / "secret").write_text(SECRET + "\n")
        self.process, self.port = None, 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def start(self):
        """On the port of the last time, if there was one; then it may still be taken for a moment."""
        config = self.dir / "web.toml"
        config.write_text(
            CONFIG.format(port=self.port, endpoint=self.endpoint, dir=self.dir, extra=self.extra)
        )
        began = len(self.log()) if (self.dir / "web.log").exists() else 0
        with open(self.dir / "web.log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "lapwing-web", "--config", config], stdout=log, stderr=log
            )
        end = time.monotonic() + 30
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/", self.log()[began:])):
            assert self.process.poll() is None and time.monotonic() < end, self.log()
            time.sleep(0.02)
        self.port = int(found.group(1))

    def kill(self):
        self.process.kill()
        self.process.wait(30)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)

    def log(self):
        return (self.dir / "web.log").read_text(errors="replace")

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, method, path, body=None, nick=None, connection=None, headers=None):
        """(status, the JSON of the answer or None)."""
        own = connection is None
        connection = connection or self.connection()
        all_headers = dict(headers or {})
        if nick:
            all_headers |= {"Authorization": f"Bearer {SECRET}", "Lapwing-Nick": nick}
        data = None
        if body is not None:
            data = json.dumps(body)
            all_headers["Content-Type"] = "application/json"
        connection.request(method, path, data, all_headers)
        response = connection.getresponse()
        text = response.read()
        if own:
            connection.close()
        self.headers = response.headers
        return response.status, json.loads(text) if text[:1] == b"{" else None

    def until(self, done, path, nick=None, seconds=30):
        """The answer of a GET as soon as done(answer) is true."""
        end = time.monotonic() + seconds
        while True:
            _, answer = self.ask("GET", path, nick=nick)
            if done(answer):
                return answer
            assert time.monotonic() < end, f"{path}: {answer}\n{self.log()}"
            time.sleep(0.05)

    def stream(self, path, nick=None, last_id=None):
        """A connected stream: an iterator over (event, id, data), comments left out."""
        connection = self.connection()
        headers = {"Accept": "text/event-stream"}
        if nick:
            headers |= {"Authorization": f"Bearer {SECRET}", "Lapwing-Nick": nick}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        assert response.status == 200, response.read()
        assert response.readline() == b"retry: 2000\n"
        return Events(connection, response)


class Events:
    def __init__(self, connection, response):
        self.connection, self.response = connection, response

    def __iter__(self):
        return self

    def __next__(self):
        fields = {}
        while line := self.response.readline():
            line = line.decode().rstrip("\n")
            if not line:
                if "event" in fields:
                    id = int(fields["id"]) if "id" in fields else None
                    return fields["event"], id, json.loads(fields["data"])
                fields = {}
            elif not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
        raise StopIteration

    def close(self):
        self.response.close()
        self.connection.close()

"""Stories whose bridge and gateway are also seen from outside, by what they show of themselves."""

import re
import urllib.error
import urllib.request

from stories import Story

METRICS = '[metrics]\nlisten = "127.0.0.1:0"\n'


def get(url):
    """The status and the text of an answer, whatever the status."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


class Observed(Story):
    bridge_extra = METRICS
    gateway_extra = METRICS

    def log(self, part):
        return (self.stack.dir / f"{part}.log").read_text()

    def address(self, part):
        return re.findall(r"metrics are on (http://[0-9.:]+)/metrics", self.log(part))[-1]

    def metrics(self, part):
        status, text = get(self.address(part) + "/metrics")
        self.assertEqual(status, 200)
        values = (line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
        return {name: float(value) for name, value in values}

    def health(self, part):
        return get(self.address(part) + "/healthz")

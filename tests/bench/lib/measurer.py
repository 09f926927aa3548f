"""The program that does the work of a bench and measures it: a command a line in, JSON a line out."""

import json
import pathlib
import subprocess


class Measurer:
    def __init__(self, program, *arguments):
        self.name = pathlib.Path(program).name
        self.process = subprocess.Popen(
            [program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.ready = self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"bench: {self.name} gave up")
        return json.loads(line)

    def ask(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def others(window):
    """CPU time of whoever has nothing to do with what was measured in these seconds."""
    return max(0, window["machine_cpu"] - sum(window["cpu"]))

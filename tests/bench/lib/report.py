"""What a bench says to people: on stderr, because stdout is for lines of JSON."""

import sys


def say(text=""):
    print(text, file=sys.stderr, flush=True)


def show(rows, lines):
    """A table: a row for each (label, key), a column for each of the lines."""
    cells = [[cell(line[key]) for line in lines] for _, key in rows]
    width = 2 + max(len(text) for row in cells for text in row)
    say()
    for (label, _), row in zip(rows, cells):
        say(f"{label:<30}" + "".join(f"{text:>{width}}" for text in row))


def cell(value):
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)

"""Finds what ties a checkout to one machine: absolute home paths, registries, private addresses.

Looks at every file that git knows. Prints file:line: text, exits 1 if there was any.
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]

OFFENCE = re.compile(
    r"(?<![\w.~$}/-])/(?:home|root|Users|work|workspace|mnt|media)/[\w.-]+"
    r"|\b(?:pypi\.org|files\.pythonhosted\.org|registry\.npmjs\.org|crates\.io|proxy\.golang\.org"
    r"|repo\d?\.maven\.org|deb\.debian\.org)\b"
)


def main():
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    found = 0
    for name in filter(None, listed):
        file = ROOT / name
        if not file.is_file() or file == pathlib.Path(__file__).resolve():
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if OFFENCE.search(line):
                print(f"{name}:{number}: {line.strip()}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

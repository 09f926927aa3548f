"""Where the posts of a bench come from."""

import gzip
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]


def posts_file(folder):
    """A plain file of posts, one a line, made in `folder` if need be; or None: there is none."""
    known = os.environ.get("LAPWING_POSTS")
    there = sorted((ROOT / "../shared/data").glob("posts-*.txt.gz"))
    path = pathlib.Path(known) if known else next(iter(there), None)
    if path is None or path.suffix != ".gz":
        return path
    plain = folder / "posts.txt"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    return plain

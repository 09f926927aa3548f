"""How fast the disk is, for benches that wait for it."""

import os
import statistics
import time


def sync_us(folder):
    """The median of one durable append of a few KB: what a post has to wait for before anything else."""
    took = []
    with open(folder / "sync", "wb", buffering=0) as file:
        for _ in range(100):
            file.write(bytes(4096))
            began = time.monotonic()
            os.fdatasync(file.fileno())
            took.append(time.monotonic() - began)
    return round(1e6 * statistics.median(took))

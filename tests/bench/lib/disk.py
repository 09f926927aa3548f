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


def slowest_sync_us(folder, seconds):
    """The longest that one durable append of a post took, of some hundreds a second."""
    slowest, end = 0, time.monotonic() + seconds
    with open(folder / "sync", "wb", buffering=0) as file:
        while time.monotonic() < end:
            file.write(bytes(400))
            began = time.monotonic()
            os.fdatasync(file.fileno())
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.001)
    return round(1e6 * slowest)

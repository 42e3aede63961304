"""What a command says while it works: one line a step, with how long it took."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator


class Step:
    """The running step; set ``note`` to say how it went."""

    note = ""


@contextlib.contextmanager
def step(name: str) -> Iterator[Step]:
    """Print the name now, and the note and the seconds when the block is through."""
    running = Step()
    print(f"  {name:<12}", end="", flush=True)
    began = time.monotonic()
    try:
        yield running
    except KeyboardInterrupt:
        print("stopped", flush=True)
        raise
    except BaseException:
        print("failed", flush=True)
        raise
    note = f"{running.note}  " if running.note else ""
    print(f"{note}{time.monotonic() - began:.1f} s", flush=True)


def say(line: str) -> None:
    print(line, flush=True)
    sys.stdout.flush()

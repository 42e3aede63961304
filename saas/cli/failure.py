"""What ends a command with one line in place of a traceback."""

from __future__ import annotations


class Failure(Exception):
    """Printed as it is; the command ends with exit code 2."""

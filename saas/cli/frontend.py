"""The front end, built when its sources changed and left alone when not."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from saas.cli import node
from saas.cli.failure import Failure

_WEB = ".web"
_SOURCES_HASH = "sources.sha256"
_SUFFIXES = {".py", ".jsx", ".js", ".css", ".toml", ".json"}
_SINGLE_FILES = ("rxconfig.py", ".npmrc")
_FOLDERS = ("saas", "assets", "reflex.lock")


class Outcome(StrEnum):
    UNCHANGED = "unchanged"  # no source differs from the last build
    KEPT = "kept"  # sources differ, the compiled pages do not: the bundle stands
    BUILT = "built"


def build(root: Path, *, force: bool = False) -> Outcome:
    """Bring ``.web/build/client`` under ``root`` up to date.

    Raises ``Failure`` with the end of the tools' output when the build fails.
    """
    web = root / _WEB
    stamp = web / _SOURCES_HASH
    wanted = sources_hash(root)
    if not force and bundle(root).is_dir() and stamp.exists() and stamp.read_text() == wanted:
        return Outcome.UNCHANGED
    if force:
        (web / "compiled.sha256").unlink(missing_ok=True)
    stamp.unlink(missing_ok=True)
    outcome = _run_build(root, web)
    # The first build writes reflex.lock when it is missing; hash what is there now.
    stamp.write_text(sources_hash(root))
    return outcome


def bundle(root: Path) -> Path:
    """Where the built files are."""
    return root / _WEB / "build" / "client"


def sources_hash(root: Path) -> str:
    """One hash over every file that can change a page, and over the versions that build it."""
    digest = hashlib.sha256()
    digest.update(f"{sys.version_info[:2]} {_reflex_version()}".encode())
    for path in _sources(root):
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    for name in _SINGLE_FILES:
        if (root / name).exists():
            yield root / name
    for folder in _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            inside = path.relative_to(root / folder).parts
            # Links that Reflex makes to the sources themselves.
            if path.is_symlink() or "external" in inside or "__pycache__" in inside or not path.is_file():
                continue
            if folder != "saas" or path.suffix in _SUFFIXES:
                yield path


def _reflex_version() -> str:
    from importlib.metadata import version

    return version("reflex")


def _run_build(root: Path, web: Path) -> Outcome:
    web.mkdir(exist_ok=True)
    # Outside of .web, which Reflex lays anew.
    with tempfile.TemporaryDirectory(prefix="wasl-build-") as folder:
        shims, outcome = Path(folder) / "bin", Path(folder) / "outcome"
        env = node.environment(shims)
        env |= {
            "REFLEX_USE_NPM": "true",
            "REFLEX_DIR": str(Path(folder) / "reflex"),
            "REFLEX_TELEMETRY_ENABLED": "false",
            "REFLEX_CHECK_LATEST_VERSION": "false",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")])),
        }
        env["NPM_CONFIG_REGISTRY"] = env.get("NPM_CONFIG_REGISTRY") or node.npm_registry(shims, env)
        with _lock_spelled(root / "reflex.lock"):
            said = _run([sys.executable, "-m", "saas.cli.compile", str(outcome)], root, env)
        if not outcome.exists():
            raise Failure(f"the front end was not built; the tools said last:\n{_tail(said)}")
        return Outcome(outcome.read_text())


def _run(command: list[str], root: Path, env: dict[str, str]) -> str:
    """What the command and all that it started said. Nothing of it outlives an interruption of ours."""
    process = subprocess.Popen(
        command,
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        return process.communicate()[0]
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


@contextlib.contextmanager
def _lock_spelled(folder: Path) -> Iterator[None]:
    """Spell the lock files one way, a package a line; npm and Reflex each space and order them their way."""
    try:
        yield
    finally:
        for path in folder.glob("*.json"):
            spelled = json.dumps(json.loads(path.read_bytes()), indent=2, sort_keys=True) + "\n"
            if path.read_text() != spelled:
                path.write_text(spelled)


def _tail(text: str, lines: int = 60) -> str:
    return "\n".join(text.rstrip().splitlines()[-lines:])

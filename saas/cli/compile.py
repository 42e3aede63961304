"""Runs in a process of its own, ``python -m saas.cli.compile OUTCOME_FILE``: pages -> ``.web`` -> bundle.

Reflex keeps what a compile learned in module globals and patches its environment, so a build never runs in
the process that serves. Writes one word to OUTCOME_FILE: ``built``, or ``kept`` when the compiled pages came
out as they were and the bundle therefore stands.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from reflex_base import constants
from reflex_base.environment import environment

_COMPILED_HASH = "compiled.sha256"
# Written by each run, without a bearing on the bundle.
_NOT_COMPILED = {"node_modules", "build", "backend", ".react-router", "locks"}
_NOT_COMPILED_FILES = {"reflex.json", _COMPILED_HASH, "sources.sha256", "csp-hashes.json"}


def compile_and_build(outcome: Path) -> None:
    """Compile all pages; run Vite only when what it reads has changed."""
    from reflex.utils import build, frontend_skeleton, prerequisites

    environment.REFLEX_ENV_MODE.set(constants.Env.PROD)
    environment.REFLEX_COMPILE_CONTEXT.set(constants.CompileContext.EXPORT)
    web = prerequisites.get_web_dir()
    if prerequisites.needs_reinit():
        frontend_skeleton.initialize_web_directory()
    prerequisites.get_compiled_app(prerender_routes=True, use_rich=False, trigger="export")
    build.setup_frontend(Path.cwd())
    compiled = _hash_of(web)
    stamp = web / _COMPILED_HASH
    bundle = web / constants.Dirs.STATIC
    if bundle.is_dir() and stamp.exists() and stamp.read_text() == compiled:
        outcome.write_text("kept")
        return
    stamp.unlink(missing_ok=True)
    build.build()
    stamp.write_text(compiled)
    outcome.write_text("built")


def _hash_of(web: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(web.rglob("*")):
        inside = path.relative_to(web)
        if inside.parts[0] in _NOT_COMPILED or inside.name in _NOT_COMPILED_FILES or not path.is_file():
            continue
        if path.suffix == ".cached":
            continue
        digest.update(f"{inside.as_posix()}\0".encode())
        digest.update(path.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    compile_and_build(Path(sys.argv[1]))

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

from saas.cli.failure import Failure

_COMPILED_HASH = "compiled.sha256"
# Written by each run, without a bearing on the bundle.
_NOT_COMPILED = {"node_modules", "build", "backend", ".react-router", "locks"}
_NOT_COMPILED_FILES = {"reflex.json", _COMPILED_HASH, "sources.sha256", "csp-hashes.json"}
# What every page needs, in three files and not in twenty. Reflex's event loop stands by itself: for the
# `eval` in it, no name in its file can be made short.
_PACKAGES = r"react|react-dom|react-router|scheduler|cookie|@emotion|stylis|[^/]*(socket|engine)\.io[^/]*"
# What lists and the board are made of: each file that a browser asks for costs it more than its bytes.
_PARTS = "cells|views|picker|overlay|search|follow|formdialog|dialog|actions"
_CHUNKS = rf"""
            {{ test: /node_modules\/({_PACKAGES})\//, name: "framework", priority: 30 }},
            {{ test: /utils\/state\.js$/, name: "events", priority: 20 }},
            {{ test: /library\/shell\.jsx$|utils\/context[^/]*$/, name: "frame", priority: 10 }},
            {{ test: /library\/({_PARTS})\.jsx$/, name: "parts", priority: 8 }},
            {{ test: /library\/(table|clash|trail)\.jsx$/, name: "lists", priority: 6 }},"""
_ENTRY = "app/entry.client.js"
_REFLEX_MOUNTED = """startTransition(() => {
  hydrateRoot(document, createElement(HydratedRouter));
});"""
_MOUNTED = "hydrateRoot(document, createElement(HydratedRouter, { useTransitions: false }));"
_REFLEX_CHUNK = 'test: /env.json/,\n              name: "reflex-env",'


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
    _arrange_chunks(web / constants.ReactRouter.VITE_CONFIG_FILE)
    _draw_at_once(web / _ENTRY)
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


def _arrange_chunks(config: Path) -> None:
    """Put our rules for files into the configuration that Reflex writes for Vite. Raises ``Failure`` when it
    has no place for them."""
    text = config.read_text()
    if _CHUNKS in text:
        return
    if text.count(_REFLEX_CHUNK) != 1:
        raise Failure(f"{config.name} has no place for our chunks: Reflex writes it otherwise now")
    first, rest = text.split(_REFLEX_CHUNK)
    config.write_text(
        f"{first}{_REFLEX_CHUNK}\n              priority: 40,{rest.replace('},', '},' + _CHUNKS, 1)}"
    )


def _draw_at_once(entry: Path) -> None:
    """Have the page come alive in one go, and the router draw the next within the event that asks for it.

    As transitions, the default, the first is done in slices of 5 ms with everything else in between, and the
    second a frame later: after a click a browser paints before it does what is not urgent. Raises
    ``Failure`` when the file that Reflex writes mounts the router otherwise.
    """
    text = entry.read_text()
    if _MOUNTED in text:
        return
    if text.count(_REFLEX_MOUNTED) != 1:
        raise Failure(f"{entry.name} mounts the router otherwise now")
    entry.write_text(text.replace(_REFLEX_MOUNTED, _MOUNTED))


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

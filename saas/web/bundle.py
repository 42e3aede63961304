"""What the build leaves for the server: a bundle for any address, and the hashes its inline scripts need.

Imported by ``rxconfig.py`` as plugins; both run after Vite has written ``.web/build/client``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Unpack

from reflex_base.plugins.base import Plugin, PostBuildContext

HASHES_FILE = "csp-hashes.json"

_BAKED_SOCKET = re.compile(r"""[`"']ws://localhost:\d+(/[^`"']*)[`"']""")
_BAKED_HTTP = re.compile(r"""[`"']http://localhost:\d+(/[^`"']*)[`"']""")
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class BundleChanged(Exception):
    """Reflex no longer writes its addresses where ``SameOrigin`` looks for them."""


class SameOrigin(Plugin):
    """Make the bundle talk to the address it was loaded from, whatever scheme, host and port that is.

    Reflex bakes its backend's address into a chunk of its own (``reflex-env-*.js``); left as it is, the pages
    would work on one port only. Raises ``BundleChanged`` when that chunk does not look as expected.
    """

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        chunks = list((context["static_dir"] / "assets").glob("reflex-env-*.js"))
        if len(chunks) != 1:
            raise BundleChanged(f"expected one reflex-env chunk, found {len(chunks)}")
        code = chunks[0].read_text()
        code, sockets = _BAKED_SOCKET.subn(r'location.origin.replace(/^http/,"ws")+"\1"', code)
        code, addresses = _BAKED_HTTP.subn(r'location.origin+"\1"', code)
        if sockets != 1 or addresses == 0 or "localhost" in code:
            raise BundleChanged(f"{chunks[0].name}: {sockets} socket and {addresses} http addresses replaced")
        chunks[0].write_text(code)


class InlineScriptHashes(Plugin):
    """Write ``csp-hashes.json`` beside the build: page file -> CSP hash sources of its inline scripts."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        root = context["static_dir"]
        hashes = {
            page.relative_to(root).as_posix(): inline_script_hashes(page.read_text())
            for page in sorted(root.rglob("*.html"))
        }
        (root.parent / HASHES_FILE).write_text(json.dumps(hashes, indent=1, sort_keys=True))


def inline_script_hashes(html: str) -> list[str]:
    """CSP sources, ``'sha256-...'``, one for each different inline script of a page."""
    scripts = dict.fromkeys(body for body in _INLINE_SCRIPT.findall(html) if body)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]


def read_hashes(static_dir: Path) -> dict[str, list[str]]:
    """What ``InlineScriptHashes`` wrote for the build in ``static_dir``."""
    return json.loads((static_dir.parent / HASHES_FILE).read_text())

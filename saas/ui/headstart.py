"""A page's connection, opened by its head: ``headstart.js``, with what the build knows filled in afterwards.

Reflex opens the socket when all scripts have run and asks for the page's data when the page stands. Here both
happen while the scripts are on their way, so that the answer waits for the page and not the page for it. The
server sees no difference: the same handshake, the same first event, once.

``rxconfig.py`` imports this file, so it may import nothing that needs Reflex's configuration.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Unpack

import reflex as rx
from reflex_base.plugins.base import Plugin, PostBuildContext

_SOURCE = Path(__file__).with_name("headstart.js")
# Names the script's state, so that a change of it is a change of the compiled pages.
PLACE = f"/*headstart {hashlib.sha256(_SOURCE.read_bytes()).hexdigest()[:10]}*/"
_EXPORTS = re.compile(
    r"^export const (initialStateHashes|stateSchema|clientStorage) = (.+?);?$", re.MULTILINE
)
_FIRST_EVENT = re.compile(r"return \[ReflexEvent\('([\w.]+\.hydrate_and_load)', payload\)\]")
_COMMENT = re.compile(r"^\s*//.*\n| {2,}// .*", re.MULTILINE)


class ContextChanged(Exception):
    """Reflex no longer writes what a page first asks where ``Headstart`` looks for it."""


def headstart() -> rx.Component:
    """The place of the script, for ``rx.App(head_components=[...])``: before what the parser waits for."""
    return rx.el.script(custom_attrs={"dangerouslySetInnerHTML": {"__html": PLACE}})


class Headstart(Plugin):
    """Writes the script into every page of the build; runs before the hashes of inline scripts are taken."""

    def post_build(self, **context: Unpack[PostBuildContext]) -> None:
        static = context["static_dir"]
        script = script_for(static.parent.parent)
        for page in static.rglob("*.html"):
            html = page.read_text("utf-8")
            if html.count(PLACE) != 1:
                raise ContextChanged(f"{page} has no place for the head's script")
            page.write_text(html.replace(PLACE, script), "utf-8")


def script_for(web: Path) -> str:
    """The script for the build in ``web``. Raises ``ContextChanged`` when that is not as expected."""
    context = (web / "utils" / "context.jsx").read_text()
    found = {name: json.loads(value) for name, value in _EXPORTS.findall(context)}
    event = _FIRST_EVENT.search(context)
    if len(found) != 3 or not event or any(found["clientStorage"].values()):
        raise ContextChanged("utils/context.jsx: not the first event, hashes and schema that were expected")
    known: dict[str, Any] = {
        "version": json.loads((web / "reflex.json").read_text())["version"],
        "schema": found["stateSchema"],
        "event": event.group(1),
        "hashes": found["initialStateHashes"],
        "routes": [r for r in json.loads((web / "routes.json").read_text()) if r != "404"],
    }
    code = re.sub(r"\n\s*", "\n", _COMMENT.sub("", _SOURCE.read_text())).strip()
    return code.replace("KNOWN", json.dumps(known, separators=(",", ":")))

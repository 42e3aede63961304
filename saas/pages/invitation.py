"""Where an invitation's link leads."""

from __future__ import annotations

from pathlib import Path

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.outside import framed_form
from saas.state.page import page
from saas.ui.library import linked

_asset = linked(__name__, Path(__file__).resolve().parent, "invitation.jsx")["invitation.jsx"]


class Invitation(rx.Component):
    """Asks the server what the link offers, then shows the form that fits."""

    library = _asset
    tag = "Invitation"


@page("/invitation", title="invitation.title", permission=Gate.PUBLIC)
def invitation() -> rx.Component:
    return framed_form(Invitation.create())

"""Where an invitation's link leads."""

from __future__ import annotations

import reflex as rx

from saas.kernel.permissions import Gate
from saas.pages.outside import framed_form
from saas.state.page import page

_asset = rx.asset("invitation.jsx", shared=True)


class Invitation(rx.Component):
    """Asks the server what the link offers, then shows the form that fits."""

    library = _asset.importable_path
    tag = "Invitation"


@page("/invitation", title="invitation.title", permission=Gate.PUBLIC)
def invitation() -> rx.Component:
    return framed_form(Invitation.create())

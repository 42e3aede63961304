"""The page of scheduling; importing it registers it."""


def register() -> None:
    """Import the page."""
    from saas.modules.scheduling.pages import calendar

    assert calendar

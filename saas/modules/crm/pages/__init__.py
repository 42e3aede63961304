"""Pages of CRM; each module here registers its own."""


def register() -> None:
    """Import the pages, which makes them known."""

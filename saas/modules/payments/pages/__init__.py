"""The pages of payments; importing them registers them."""


def register() -> None:
    """Nothing to register yet."""

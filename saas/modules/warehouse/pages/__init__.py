"""The pages of warehouse; importing them registers them."""


def register() -> None:
    """Nothing to register yet."""

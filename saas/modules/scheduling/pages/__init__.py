"""The pages of scheduling; importing them registers them."""


def register() -> None:
    """Nothing to register yet."""

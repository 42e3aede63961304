"""The pages of the warehouse; importing them registers them."""


def register() -> None:
    """Import each page."""
    from saas.modules.warehouse.pages import product, products

    assert product
    assert products

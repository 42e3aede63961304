"""The pages of payments; importing them registers them."""


def register() -> None:
    """Import each page."""
    from saas.modules.payments.pages import invoice, invoices

    assert invoice
    assert invoices

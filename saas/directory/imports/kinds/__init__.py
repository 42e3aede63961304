"""The kinds of rows that belong to no module: customers, products, members. Importing this declares them."""

from saas.directory.imports.kinds import customers, members, products

__all__ = ["customers", "members", "products"]

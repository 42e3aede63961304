"""Customers, deals and what is to be done about them."""

"""Invoices: drafted, issued under a gap-free number, and then never changed but by voiding."""

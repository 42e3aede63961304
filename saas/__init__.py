"""Wasl: one business suite, many companies, one database that keeps them apart."""

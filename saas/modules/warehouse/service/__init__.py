"""Verbs and queries of the warehouse; no page code."""

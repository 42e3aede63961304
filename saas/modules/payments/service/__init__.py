"""Verbs and queries of payments; no page code."""

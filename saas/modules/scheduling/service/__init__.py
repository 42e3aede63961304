"""Verbs and queries of scheduling; no page code."""

"""Verbs and questions of CRM: each takes the tenant session first."""

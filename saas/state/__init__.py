"""Binds pages to the company: who looks, what may be done, what is shown, what is live."""

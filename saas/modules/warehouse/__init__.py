"""Stock: a ledger of what came and went, and the level that is its sum."""

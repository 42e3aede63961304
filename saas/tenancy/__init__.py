"""Who owns a row, and who may act."""

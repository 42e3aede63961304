"""Facts that modules share, always on."""

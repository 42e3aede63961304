"""From bytes that somebody's program wrote to rows of clean text. Pure: no database, no clock."""

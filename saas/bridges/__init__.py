"""One file, one sentence: what happens in one module when something happened in another."""

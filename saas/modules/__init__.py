"""One folder a module; the catalogue finds them."""

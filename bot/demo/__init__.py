"""What a visitor of `make demo` finds: one module a story, all of it visibly demonstration data."""

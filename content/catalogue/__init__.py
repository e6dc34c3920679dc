"""The disclosure catalogue: what the bureau has made public of its own accord, entry by entry."""

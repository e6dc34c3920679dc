"""The law's periods for citizens: which there are, how the last day is counted, and what to do about it."""

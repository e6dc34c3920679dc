"""The legal-aid self-test: what the law says to a citizen's answers, and the card that tells him."""

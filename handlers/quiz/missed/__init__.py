"""What a participant got wrong, with the law behind it."""

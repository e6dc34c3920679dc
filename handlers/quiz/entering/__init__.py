"""How somebody comes to a round or a paper, and how he leaves it."""

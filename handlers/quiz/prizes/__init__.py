"""What can be won: who is in the draw, how it is drawn, who claims what."""

"""Boards of a campaign: who is called what on them, which units compete, and how they are told in the chat."""

"""The quiz: bank, play, and how it is played in the chat."""

"""Free text → one of the closed list of topics, with a confidence, the reasons and the next best guesses."""

from handlers.understanding.listen import TALK, Guess, Understanding, Understood

__all__ = ["TALK", "Guess", "Understanding", "Understood"]

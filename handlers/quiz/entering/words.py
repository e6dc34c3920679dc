"""What a citizen says to take part in a campaign: its tap, and what is read again when it comes back."""

import re
from collections.abc import Sequence

from content import render
from content.phrases import say
from handlers.quiz import register
from handlers.quiz.models import HeldCampaign

_LONGEST = 40
_PRACTICE = re.compile(
    "(我?(想|要))?(来|做|答|去)?(平时|每日|每天|日常|只)?(练习|(今天|今日|每天|每日)的?[五5](道|个)?题)([五5]道?题)?[吧啊呀。.!！]?"
)


def join_words(held: HeldCampaign, every: Sequence[HeldCampaign]) -> str:
    """What chooses it among those that are open."""
    if len(every) <= 1:
        return say("quiz_join" if register.rules_of(held).draw else "quiz_join_plain")
    is_alone = sum(render.sent(one.title) == render.sent(held.title) for one in every) == 1
    return say("quiz_join_one", title=held.title if is_alone else held.id)


def chosen(words: str, every: Sequence[HeldCampaign]) -> HeldCampaign | None:
    """Which of those that are open these words choose."""
    if len(every) == 1 and words in (say("quiz_join"), say("quiz_join_plain")):
        return every[0]
    return next((held for held in every if render.sent(words) == render.sent(join_words(held, every))), None)


def wants_practice(words: str) -> bool:
    return words == say("quiz_practise") or bool(_PRACTICE.fullmatch(words))


def is_plain(text: str) -> bool:
    """Whether these words can be about nothing but this."""
    words = text.strip()
    return (
        words == say("quiz_join_plain")
        or bool(_PRACTICE.fullmatch(words))
        or (len(words) <= _LONGEST and words.startswith(say("quiz_join_one", title="")))
    )

"""What participants are told in the chat without having asked: a prize that is theirs now, points that were mended.

A participant's name does not say who he is: everybody who is known is asked whether it is his (citizens.py), so rarely,
and by the scheduler alone. What is owed is kept sealed, under a key that names no place in the draw.
"""

from collections import defaultdict

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from content.store.db import Database
from content.store.keys import Keyring
from handlers import citizens, owing
from handlers.quiz import register
from handlers.quiz.mending.models import Mending, State
from handlers.quiz.models import HeldCampaign, Participant
from handlers.quiz.prizes import entries, line
from handlers.quiz.prizes.models import Winner, WinnerState

_KEY = "participant-news"


def tell(database: Database, keyring: Keyring) -> int:
    """Everybody who has not been told yet; how many could be found in the chat."""
    with database.reading() as session:
        won = [(campaign_id, place, name) for campaign_id, place, name in session.execute(_untold_winners())]
        mended = list(session.scalars(_untold_mendings()))
        wanted: defaultdict[str, set[str]] = defaultdict(set)
        for campaign_id, _, name in won:
            wanted[campaign_id].add(name)
        for one in mended:
            wanted[one.campaign_id].update(one.untold)
        found = citizens.find_in_campaigns(session, keyring, wanted) if any(wanted.values()) else {}
    told = 0
    for campaign_id, place, name in won:
        with database.transaction() as session:
            told += _tell_winner(session, keyring, campaign_id, place, found.get((campaign_id, name)))
    for mending_id in [one.id for one in mended]:
        with database.transaction() as session:
            told += _tell_mended(session, keyring, mending_id, found)
    return told


def _untold_winners() -> Select[str, int, str]:
    mine = (Participant.campaign_id == Winner.campaign_id) & (Participant.code == Winner.code)
    untold = select(Winner.campaign_id, Winner.place, Participant.name).join(Participant, mine)
    return untold.where(Winner.state == WinnerState.OFFERED, Winner.told_at.is_(None)).order_by(Winner.place)


def _untold_mendings() -> Select[Mending]:
    return select(Mending).where(Mending.state == State.DONE, Mending.told_at.is_(None)).order_by(Mending.id)


def _tell_winner(session: Session, keyring: Keyring, campaign_id: str, place: int, citizen_id: str | None) -> bool:
    """False where he is not in the chat, or it is not his any more."""
    line.take_turns_of(session, campaign_id)
    winner = session.get(Winner, (campaign_id, place))
    last = line.last_date(winner) if winner else None
    if winner is None or last is None or winner.state != WinnerState.OFFERED or winner.told_at:
        return False
    winner.told_at = clock.now()
    if citizen_id is None or last < clock.today():
        return False
    held = register.get_held(session, campaign_id)
    drawn = sum(prize.count for prize in entries.get_rules(held).prizes)
    text = say(
        "prizes_news" if place <= drawn else "prizes_news_next", title=held.title, prize=winner.prize,
        due=clock.spoken_day(last),
    )  # fmt: skip
    return owing.owe_citizen(session, citizen_id, _key(keyring, f"prize:{campaign_id}:{place}"), text, keyring)


def _tell_mended(session: Session, keyring: Keyring, mending_id: int, found: dict[tuple[str, str], str]) -> int:
    mending = session.get(Mending, mending_id, with_for_update=True)
    if mending is None or mending.told_at:
        return 0
    text = say("mending_news", title=session.get_one(HeldCampaign, mending.campaign_id).title)
    theirs = [(name, found.get((mending.campaign_id, name))) for name in mending.untold]
    told = sum(
        owing.owe_citizen(session, citizen_id, _key(keyring, f"mending:{mending_id}:{name}"), text, keyring)
        for name, citizen_id in theirs
        if citizen_id
    )
    mending.told_at, mending.untold = clock.now(), []
    session.flush()
    return told


def _key(keyring: Keyring, what: str) -> str:
    """Once only, and it says nothing."""
    return f"news:{keyring.pseudonym(_KEY, what)}"

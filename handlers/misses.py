"""What was not understood in a week, gathered by likeness: what each gathering would add, what staff made of it, and
what that has gained.

A gathering names the misses (handlers/turns.py) and copies none of their words: those go after thirty days, or with
the citizen; the figures stay.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import JSON, Date, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from content import audit, clusters, repository, staff
from content.importers.library import add_keywords
from content.models import Keyword, Revision
from content.phrases import say
from content.staff import NotAllowed, NotFound, Role
from content.store import clock
from content.store.db import Base, take_turns
from handlers import own_answers, taken_words
from handlers.taken_words import Hear
from handlers.turns import AskedCount, Miss

WEEK = timedelta(days=7)
MOST_MISSES, MOST_CLUSTERS = 5000, 40
SHOWN_WORDS = 12
WORD_CHARACTERS = (2, 24)
"""Of a name of a topic: what is shorter stands in everything, what is longer nobody says again."""
NOTE_CHARACTERS = 300
UNKNOWN = "talk/unknown"
NAMING = frozenset({Role.REVIEW1, Role.REVIEW2, Role.PUBLISH, Role.ADMIN})
"""Whose word makes a name of a topic, or an answer, of what another has proposed: from then on it is heard."""
ACTING = NAMING | {Role.WRITE}
LOOKING = ACTING | {Role.AUDIT}


class ClusterState(StrEnum):
    OPEN = "open"
    PROPOSED = "proposed"  # words for a topic wait for another person's word
    SYNONYM = "synonym"  # words were added to a topic
    DRAFT = "draft"  # an answer waits for another person's word
    ANSWERED = "answered"  # it is answered
    SET_ASIDE = "set_aside"  # nobody's business here


MOVES: dict[ClusterState, frozenset[ClusterState]] = {
    ClusterState.OPEN: frozenset({ClusterState.PROPOSED, ClusterState.DRAFT, ClusterState.SET_ASIDE}),
    ClusterState.PROPOSED: frozenset({ClusterState.SYNONYM, ClusterState.OPEN}),
    ClusterState.SYNONYM: frozenset({ClusterState.OPEN}),
    ClusterState.DRAFT: frozenset({ClusterState.DRAFT, ClusterState.ANSWERED, ClusterState.OPEN}),
    ClusterState.ANSWERED: frozenset({ClusterState.OPEN}),
    ClusterState.SET_ASIDE: frozenset({ClusterState.OPEN}),
}
HEARD = (ClusterState.SYNONYM, ClusterState.ANSWERED)


class MissCluster(Base):
    __tablename__ = "miss_clusters"

    id: Mapped[int] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date, index=True)
    """Its Monday."""
    miss_ids: Mapped[list[int]] = mapped_column(JSON)
    size: Mapped[int]
    people: Mapped[int]
    asked: Mapped[int]
    """All messages of that week."""
    state: Mapped[str] = mapped_column(String(12))
    topic: Mapped[str] = mapped_column(String(64), default="")
    words: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What staff chose as names of the topic, or of their own answer."""
    note: Mapped[str] = mapped_column(Text, default="")
    """Why it was set aside."""
    done_by: Mapped[str] = mapped_column(String(32), default="")
    done_at: Mapped[datetime | None]
    gained: Mapped[int | None]
    """How many messages with its wording were understood, from when it was done to when that was measured."""
    again: Mapped[int | None]
    """How often the like was still not understood in that time."""


# ── every week ────────────────────────────────────────────────────────────────────────────────────────────────────────


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def gather_week(session: Session, monday: date) -> int:
    """Once for each week that is over; how many gatherings were made."""
    take_turns(session, "misses")
    if session.scalar(select(MissCluster.id).where(MissCluster.week == monday).limit(1)):
        return 0
    begin, end = _bounds(monday)
    query = select(Miss).where(Miss.at >= begin, Miss.at < end).order_by(Miss.id).limit(MOST_MISSES)
    missed = [miss for miss in session.scalars(query) if miss.text.strip()]
    total = sum(counts(session, monday).values())
    groups = clusters.gather([miss.text for miss in missed])[:MOST_CLUSTERS]
    for places in groups:
        of_them = [missed[place] for place in places]
        session.add(
            MissCluster(
                week=monday, miss_ids=[miss.id for miss in of_them], size=len(of_them), asked=max(total, len(of_them)),
                people=len({miss.pseudonym for miss in of_them}), state=ClusterState.OPEN, words=[],
            )
        )  # fmt: skip
    session.flush()
    return len(groups)


def measure(session: Session, monday: date) -> int:
    """What was done before the end of this week, which is over, is measured once, by what was said since; how many
    were. Where nobody has said the like since, the next week measures it.
    """
    _, end = _bounds(monday)
    done = select(MissCluster).where(MissCluster.gained.is_(None), MissCluster.done_at < end)
    measured = 0
    for one in session.scalars(done.where(MissCluster.state.in_(HEARD))).all():
        own = Keyword.word.in_(one.words) & (Keyword.topic == one.topic)
        heard = session.scalar(select(func.sum(Keyword.heard)).where(own)) or 0
        missed = select(Miss.text).where(Miss.at >= one.done_at).limit(MOST_MISSES)
        again = sum(_is_named(" ".join(text.split()), one.words) for text in session.scalars(missed))
        if heard or again:
            one.gained, one.again = heard, again
            measured += 1
    session.flush()
    return measured


def counts(session: Session, monday: date) -> dict[str, int]:
    """How often each topic was understood in that week; under talk/unknown what was not."""
    query = select(AskedCount.topic, func.sum(AskedCount.count)).group_by(AskedCount.topic)
    week = query.where(AskedCount.asked_on >= monday, AskedCount.asked_on < monday + WEEK)
    return {topic: int(count) for topic, count in session.execute(week).all()}


# ── looked at ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WeekFigures:
    monday: date
    asked: int
    missed: int

    @property
    def understood_share(self) -> float:
        return 1 - self.missed / self.asked if self.asked else 0.0


def weeks(session: Session, most: int = 12) -> list[WeekFigures]:
    """Of every week that was gathered, the newest first."""
    query = select(MissCluster.week).distinct().order_by(MissCluster.week.desc()).limit(most)
    found = []
    for monday in session.scalars(query).all():
        of_week = counts(session, monday)
        found.append(WeekFigures(monday, sum(of_week.values()), of_week.get(UNKNOWN, 0)))
    return found


def of_week(session: Session, monday: date) -> list[MissCluster]:
    query = select(MissCluster).where(MissCluster.week == monday)
    return list(session.scalars(query.order_by(MissCluster.size.desc(), MissCluster.id)).all())


def texts(session: Session, found: Sequence[MissCluster]) -> dict[int, list[tuple[str, int]]]:
    """The words of each gathering that are still kept, the most frequent first, with how often they were said."""
    ids = {miss_id: one.id for one in found for miss_id in one.miss_ids}
    said: dict[int, Counter[str]] = {one.id: Counter() for one in found}
    known = sorted(ids)
    for start in range(0, len(known), 500):
        some = select(Miss.id, Miss.text).where(Miss.id.in_(known[start : start + 500]))
        for miss_id, text in session.execute(some).all():
            said[ids[miss_id]][" ".join(text.split())] += 1
    return {cluster_id: counted.most_common(SHOWN_WORDS) for cluster_id, counted in said.items()}


def get_cluster(session: Session, cluster_id: int) -> MissCluster:
    """Raises NotFound."""
    if (found := session.get(MissCluster, cluster_id, with_for_update=True)) is None:
        raise NotFound(say("miss_not_found"))
    return found


# ── what staff make of it ─────────────────────────────────────────────────────────────────────────────────────────────


def propose(
    session: Session, cluster_id: int, by: str, topic: str, words: Collection[str], hear: Hear | None = None
) -> None:
    """That these words mean the topic: they do when another person has confirmed it. Raises NotAllowed."""
    by = staff.require(session, by, *ACTING).name
    one = get_cluster(session, cluster_id)
    if topic not in repository.topics() or topic == UNKNOWN:
        raise NotAllowed(say("miss_choose"))
    chosen = _checked(session, words, topic, hear)
    _move(one, ClusterState.PROPOSED)
    one.topic, one.words, one.note = topic, chosen, ""
    _done(session, one, by, "miss.propose", topic=topic, words=len(chosen))


def confirm(session: Session, cluster_id: int, by: str, hear: Hear | None = None) -> None:
    """From now on the words that another has proposed mean the topic. Raises NotAllowed."""
    by = staff.require(session, by, *NAMING).name
    one = get_cluster(session, cluster_id)
    if one.done_by == by:
        raise NotAllowed(say("miss_by_another"))
    _move(one, ClusterState.SYNONYM)
    _checked(session, one.words, one.topic, hear)
    add_keywords(session, dict.fromkeys(one.words, one.topic), is_imported=False)
    repository.touch_content(session)
    _done(session, one, by, "miss.name", topic=one.topic, words=len(one.words))


def write_answer(
    session: Session, cluster_id: int, by: str, title: str, chat: str, words: Collection[str],
    hear: Hear | None = None,
) -> Revision:  # fmt: skip
    """An answer to what no topic is about, for another person's approval; until then it can be written anew. Raises
    NotAllowed.
    """
    by = staff.require(session, by, Role.WRITE).name
    one = get_cluster(session, cluster_id)
    slug = own_answers.slug_of(one.id)
    chosen = _checked(session, words, slug, hear)
    taken_words.refuse_taken([title], slug, hear)  # it means the answer as well
    _move(one, ClusterState.DRAFT)
    revision = own_answers.draft(session, slug, by, title, chat)
    one.topic, one.words, one.note = slug, chosen, ""
    _done(session, one, by, "miss.draft", answer=slug)
    return revision


def approve_answer(session: Session, cluster_id: int, by: str, hear: Hear | None = None) -> None:
    """From now on it is what the account says to these words. Raises NotAllowed."""
    by = staff.require(session, by, *NAMING).name
    one = get_cluster(session, cluster_id)
    _move(one, ClusterState.ANSWERED)
    own_answers.approve(session, one.topic, by, _checked(session, one.words, one.topic, hear))
    _done(session, one, by, "miss.approve", answer=one.topic)


def set_aside(session: Session, cluster_id: int, by: str, why: str) -> None:
    """Raises NotAllowed."""
    by = staff.require(session, by, *ACTING).name
    one = get_cluster(session, cluster_id)
    _move(one, ClusterState.SET_ASIDE)
    one.note = why.strip()[:NOTE_CHARACTERS]
    _done(session, one, by, "miss.aside")


def take_back(session: Session, cluster_id: int, by: str) -> None:
    """As if nothing had been made of it: its words mean nothing any more, and what was written waits to be written on.
    What only waited for another's word has made nothing, and takes nothing away. Raises NotAllowed.
    """
    one = get_cluster(session, cluster_id)
    before = ClusterState(one.state)
    by = staff.require(session, by, *(NAMING if before in HEARD else ACTING)).name
    _move(one, ClusterState.OPEN)
    if before is ClusterState.SYNONYM:
        _unname(session, one)
    elif before is ClusterState.ANSWERED:
        own_answers.withdraw(session, one.topic)
    one.words, one.topic, one.note, one.gained, one.again = [], "", "", None, None
    _done(session, one, by, "miss.back")


def _unname(session: Session, one: MissCluster) -> None:
    """Its words, as far as no other gathering holds them for this topic and they came from no file of the bureau's."""
    named = (MissCluster.state == ClusterState.SYNONYM) & (MissCluster.topic == one.topic)
    others = session.scalars(select(MissCluster.words).where(named, MissCluster.id != one.id))
    alone = set(one.words) - {word for words in others for word in words}
    made = Keyword.word.in_(alone) & (Keyword.topic == one.topic) & ~Keyword.is_imported
    session.execute(delete(Keyword).where(made))
    repository.touch_content(session)


def _checked(session: Session, words: Collection[str], topic: str, hear: Hear | None) -> list[str]:
    """The words as they can mean the topic. Raises NotAllowed."""
    chosen = [word for word in dict.fromkeys(" ".join(word.split()) for word in words) if word]
    if not chosen:
        raise NotAllowed(say("miss_choose"))
    least, most = WORD_CHARACTERS
    for word in chosen:
        if not least <= len(word) <= most or not any(sign.isalnum() for sign in word) or "＊" in word:
            raise NotAllowed(say("miss_bad_word", word=word[:most], least=least, most=most))
        other = session.get(Keyword, word)
        if other is not None and other.topic != topic:
            names = {**repository.topics(), **repository.own_topics(session)}
            raise NotAllowed(say("miss_word_taken", word=word, name=names[other.topic].name))
    taken_words.refuse_taken(chosen, topic, hear)
    return chosen


def _move(one: MissCluster, to: ClusterState) -> None:
    if to not in MOVES[ClusterState(one.state)]:
        raise NotAllowed(say("miss_changed"))
    one.state = to


def _done(session: Session, one: MissCluster, by: str, act: str, **detail: str | int) -> None:
    one.done_by, one.done_at = by, clock.now()
    session.flush()
    audit.record(session, by, act, f"miss:{one.id}", **detail)


def _bounds(monday: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(monday, time(), clock.BEIJING)
    return begin, begin + WEEK


def _is_named(text: str, words: Collection[str]) -> bool:
    return any(word in text or clusters.likeness(word, text) >= clusters.ALIKE for word in words)

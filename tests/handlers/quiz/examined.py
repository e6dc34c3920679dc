"""A campaign with papers that were handed in, made straight into SQL: whoever needs results does not play first."""

from datetime import UTC, datetime, timedelta

from content import repository, staff
from handlers.quiz import play
from handlers.quiz.models import GivenAnswer, HeldCampaign, Round
from handlers.quiz.scoring import points_of
from tests.handlers.quiz.campaigns import WRITTEN

START = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
AFTER = START + timedelta(days=3)
EXAM = WRITTEN[: WRITTEN.index("[draw]")] + "[exam]\npass_points = 60\nattempts = 3\n"
PEOPLE = ("qian", "sun")
"""Two who may act on campaigns."""


def campaign(session, rules: str = WRITTEN, name: str = "mended") -> HeldCampaign:
    for who in PEOPLE:
        if staff.find_staff(session, who) is None:
            staff.add_staff(session, who, "演示", ["campaigns"], "" if who == PEOPLE[0] else PEOPLE[0])
    made = HeldCampaign(
        id=name, title="演示", rules=rules, opens_at=START, closes_at=START + timedelta(days=2), commitment="",
        secret="", created_by="", created_at=START,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def asked(session, count: int = 4, kind: str = "single") -> list:
    """Questions of the bank, always the same."""
    return [question for question in repository.questions(session) if question.kind == kind][:count]


def hand_in(session, held, who: str, questions, given: dict[str, str], *, points: int = 20, minute: int = 0) -> Round:
    """`given`: letters by question; what is not in it was left out. The paper took a minute."""
    started = START + timedelta(minutes=minute)
    played = Round(
        id=f"{who[:24]}-{minute}", citizen_id=who, question_keys=[question.key for question in questions],
        started_at=started, campaign_id=held.id, points=[points] * len(questions),
        finished_at=started + timedelta(minutes=1), deadline_at=started + timedelta(minutes=10),
    )  # fmt: skip
    for place, question in enumerate(questions, start=1):
        if (letters := given.get(question.key)) is not None:
            half = int(2 * points_of(letters, question.answer, points, "all"))
            is_right = letters == question.answer
            played.given.append(
                GivenAnswer(place=place, question_key=question.key, letters=letters, is_right=is_right,
                            half_points=half, at=started)
            )  # fmt: skip
    played.half_points = sum(answer.half_points for answer in played.given)
    play.join(session, held, who)
    session.add(played)
    session.flush()
    return played

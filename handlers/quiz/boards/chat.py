"""Scores, boards, nicknames and units in the chat. The only file that knows how they are drawn and what a tap says."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.store import clock
from handlers import answers, citizens, receipts
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply
from handlers.quiz import play, register, score, standings
from handlers.quiz.boards import asking, nicknames, past, units
from handlers.quiz.boards.asking import Asked, Wish
from handlers.quiz.campaign import Phase
from handlers.quiz.entering.words import join_words
from handlers.quiz.missed import chat as missed_chat
from handlers.quiz.models import HeldCampaign, Participant, Unit
from handlers.quiz.standings import Stand
from handlers.understanding import Understood

SCORE, BOARD = "quiz/score", "quiz/leaderboard"
SHOWN, UNITS_SHOWN, PAPERS_SHOWN = 10, 10, 5
MOST_CHOICES, MOST_JOINED = 6, 3


def score_asked(incoming: Incoming, desk: Desk) -> Reply:
    """His points and his rank; what he got wrong, or all his campaigns, where that is what the words say."""
    if "错" in incoming.text and (page := asking.read(incoming.text) or Asked(Wish.MISSED)).wish is Wish.MISSED:
        return missed_chat.missed(desk, page.number)
    return (past.told(desk, lambda held: _name(desk, held)) if past.wishes(incoming.text) else None) or _score(desk)


def board_asked(incoming: Incoming, desk: Desk) -> Reply:
    asked = asking.read(incoming.text)
    return _units(desk) if asked and asked.wish is Wish.UNITS else _board(desk)


def said(incoming: Incoming, desk: Desk) -> Reply | None:
    """What the words alone say, whatever else they could mean; None for anything else."""
    asked = asking.read(incoming.text)
    if asked is None:
        return None
    reply = _ACTS[asked.wish](incoming, desk, asked)
    if reply:
        desk.understood = Understood(BOARD if asked.wish is Wish.UNITS else SCORE, 1.0, ())
    return reply


# ── my points ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _score(desk: Desk) -> Reply:
    with score.looking(desk.bureau.database) as session:
        mine = score.mine(session, lambda held: _name(desk, held))
        citizen_id = citizens.find_citizen_id(session, desk.citizen)
        practice = score.history(session, None, citizen_id) if citizen_id else []
        told, taps = _told_of_campaign(session, desk, *mine) if mine else ("", [])
        beside = _beside(session, desk, mine[0]) if mine else []
        joining = _joining(session, *mine) if mine else []
        has_past = past.has_more(session, mine[0], lambda held: _name(desk, held)) if mine else False
    if not mine and not practice:
        return answers.answer(desk, SCORE)
    right, total = sum(one.right for one in practice), sum(one.total for one in practice)
    trained = say("score_practice", rounds=len(practice), total=total, right=right) if practice else ""
    lines = [part for part in (told, *beside, trained or ("" if mine else say("score_practice_none"))) if part]
    return answers.choices(
        "\n".join(lines), [*taps, *joining, say("missed_tap"), *([say("score_past_tap")] if has_past else [])]
    )  # fmt: skip


def _joining(session: Session, held: HeldCampaign, participant: Participant | None) -> list[str]:
    """Where what is told is over: the taps of those that are open."""
    if participant is None or register.phase_of(held) is Phase.OPEN:
        return []
    return [_join(session, one) for one in register.open_quizzes(session)][:MOST_JOINED]


def _told_of_campaign(
    session: Session, desk: Desk, held: HeldCampaign, participant: Participant | None
) -> tuple[str, list[str]]:
    """What is told of him, and what he may tap next."""
    found = score.score_of(session, held, participant) if participant else None
    is_open, closes = register.phase_of(held) is Phase.OPEN, clock.spoken(held.closes_at)
    lines = [_points(held, found) if found else say("score_none_yet", title=held.title)]
    if found:
        lines.append(_rank(held, found))
        lines += _papers(session, held, _name(desk, held))
    taps = [say("board_tap") if found else _join(session, held)]
    if is_open:
        left = score.attempts_left(session, held, _name(desk, held))
        if play.find_open_paper(session, held, _name(desk, held)):
            lines.append(say("score_open_paper"))
        key = "score_attempts" if left else "score_no_attempt"
        lines.append(say(key, attempts=left, closes=closes))
    if participant:
        lines += _called(session, held, participant, is_open)
    return "\n".join(lines), taps


def _beside(session: Session, desk: Desk, held: HeldCampaign) -> list[str]:
    """The other campaigns that are open, a line each: his points and his rank, or that he has none yet."""
    lines = []
    for other in score.others(session, held, lambda one: _name(desk, one)):
        participant = score.find_participant(session, other, _name(desk, other))
        found = score.score_of(session, other, participant) if participant else None
        if found is None:
            lines.append(say("score_none_yet", title=other.title))
            continue
        points = say("score_beside", title=other.title, points=f"{found.points:g}", full=found.full_marks)
        lines.append(f"{points}{_rank(other, found).removesuffix(say('score_rule'))}")
    return lines


def _points(held: HeldCampaign, found: score.Score) -> str:
    return say(
        "score_mine", title=held.title, points=f"{found.points:g}", full=found.full_marks, time=_time(found.seconds),
        papers=found.papers,
    )  # fmt: skip


def _rank(held: HeldCampaign, found: score.Score) -> str:
    if found.rank is None:
        return say("score_frozen", closes=clock.spoken(held.closes_at))
    key = "score_rank" if register.phase_of(held) is Phase.OPEN else "score_rank_final"
    return f"{say(key, rank=found.rank, people=found.people)}{say('score_rule')}"


def _papers(session: Session, held: HeldCampaign, name: str) -> list[str]:
    """The latest ones, where there are several, or where somebody else typed one in."""
    latest = score.history(session, held.id, name, PAPERS_SHOWN)
    keys = ["score_paper_typed_in" if one.is_on_paper else "score_paper" for one in latest]
    told = [say(key, at=clock.spoken(one.at), points=f"{one.points:g}") for key, one in zip(keys, latest, strict=True)]
    is_worth_it = len(told) > 1 or any(one.is_on_paper for one in latest)
    return [say("score_papers", papers="；".join(told))] if is_worth_it else []


def _called(session: Session, held: HeldCampaign, participant: Participant, is_open: bool) -> list[str]:
    """His name and his unit on the boards."""
    lines = [say("score_nickname", name=participant.nickname or participant.code)] if is_open else []
    if participant.unit_id is not None:
        lines.append(say("score_unit", unit=units.get(session, held, participant.unit_id).path))
    elif is_open and units.open_to(session, held):
        lines.append(say("score_unit_how"))
    return lines


# ── the boards ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _board(desk: Desk) -> Reply:
    with score.looking(desk.bureau.database) as session:
        held = _shown_campaign(session, desk)
        if held is None:
            return answers.answer(desk, BOARD)
        board = standings.board(session, held)
        participant = score.find_participant(session, held, _name(desk, held))
        mine = score.score_of(session, held, participant) if participant else None
        has_units = bool(board.units)
        others = [
            link
            for other in _other_boards(session, desk, held)
            for link in _link(desk.bureau, other, say("board_page_of", title=other.title))
        ]
    lines = [_line(stand) for stand in board.people[:SHOWN]] or [say("board_none", title=held.title)]
    if mine and mine.rank is not None:
        lines.append(say("board_own", rank=mine.rank, points=f"{mine.points:g}"))
    told = "\n".join([_head(held, board), *lines])
    taps = [say("score_tap"), *([say("board_units_tap")] if has_units else [])]
    return answers.choices(told, taps, [*_link(desk.bureau, held), *others])


def _units(desk: Desk) -> Reply:
    with score.looking(desk.bureau.database) as session:
        held = _shown_campaign(session, desk)
        if held is None:
            return answers.answer(desk, BOARD)
        board = standings.board(session, held)
    if not board.units:
        return answers.choices(say("board_units_none", title=held.title), [say("board_tap")])
    head = say("board_units_head", title=held.title)
    if board.frozen_at:
        head = f"{_head(held, board)}\n{head}"
    lines = [
        say("board_unit_line", rank=one.rank, unit=one.path, score=f"{one.score:.2f}", people=one.people,
            heads=one.head_count)
        for one in board.units[:UNITS_SHOWN]
    ]  # fmt: skip
    return answers.choices("\n".join([head, *lines]), [say("board_tap")], _link(desk.bureau, held))


def _other_boards(session: Session, desk: Desk, shown: HeldCampaign) -> list[HeldCampaign]:
    """Of the open ones that he takes part in, and of the last one he took part in, where that is over."""
    if register.phase_of(shown) is not Phase.OPEN:
        return []
    mine = score.mine(session, lambda one: _name(desk, one))
    over = [mine[0]] if mine and register.phase_of(mine[0]) is Phase.CLOSED else []
    return [*score.others(session, shown, lambda one: _name(desk, one)), *over]


def _shown_campaign(session: Session, desk: Desk) -> HeldCampaign | None:
    """The one that is open, of several the one that he takes part in; else the last one."""
    return score.shown(session, lambda held: _name(desk, held))


def _head(held: HeldCampaign, board: standings.Board) -> str:
    if board.frozen_at:
        at, closes = clock.spoken(board.frozen_at), clock.spoken(held.closes_at)
        return say("board_frozen", title=held.title, at=at, closes=closes)
    if register.phase_of(held) is Phase.CLOSED:
        return say("board_head_final", title=held.title)
    return say("board_head", title=held.title, at=f"{clock.in_beijing(clock.now()):%H:%M}")


def _line(stand: Stand) -> str:
    name = render.harmless(stand.nickname or stand.code)
    time = say("board_on_paper") if stand.is_on_paper else _time(stand.seconds)
    return say("board_line", rank=stand.rank, name=name, points=f"{stand.half_points / 2:g}", time=time)


def _link(bureau: Bureau, held: HeldCampaign, label: str = "") -> list[str]:
    if not bureau.public_url:
        return []
    return [render.link(label or say("board_page"), f"{bureau.public_url}/h/quiz/{held.id}/board")]


# ── my name and my unit ───────────────────────────────────────────────────────────────────────────────────────────────


def _nickname(incoming: Incoming, desk: Desk, asked: Asked) -> Reply:
    if asked.wish is Wish.NICKNAME and not asked.words:
        return Reply(text=say("nickname_how"))

    def act(session: Session) -> Reply:
        held = _open_campaign(session, desk)
        if held is None:
            return Reply(text=say("nickname_no_campaign"))
        participant = score.find_participant(session, held, _name(desk, held))
        if participant is None:
            return answers.choices(say("nickname_not_in", title=held.title), [_join(session, held)])
        try:
            nickname = nicknames.choose(session, held, participant, asked.words)
        except nicknames.BadNickname as refused:
            return Reply(text=str(refused))
        if nickname:
            return Reply(text=say("nickname_set", nickname=nickname))
        return Reply(text=say("nickname_taken_away", code=participant.code))

    return receipts.once(desk.bureau.database, incoming.key, act)


def _unit(incoming: Incoming, desk: Desk, asked: Asked) -> Reply | None:
    """A unit that is named is asked for once more before anything is changed."""
    with desk.bureau.database.reading() as session:
        held = _open_campaign(session, desk)
        join = _join(session, held) if held else ""
        found = units.find(session, held, asked.words) if held and asked.words else []
        participates = bool(held and score.find_participant(session, held, _name(desk, held)))
        every = units.open_to(session, held) if held else []
    if not asked.words:
        return _every(held, join, every, participates)
    is_meant = bool(every) and asked.names_unit  # a unit, though none of the list
    if not found and not every and not asked.is_loose:
        return Reply(text=say("unit_no_campaign"))
    if not found and asked.is_loose and not is_meant:
        return None
    if not found and (len(every) > MOST_CHOICES or not participates):
        return Reply(text=say("unit_not_found", words=render.harmless(asked.words)))
    if held and not participates:
        return answers.choices(say("unit_not_in", title=held.title), [join])
    if len(found) > MOST_CHOICES:
        return Reply(text=say("unit_many", example=found[0].path))
    if not found:
        return _which(say("unit_not_found_of", words=render.harmless(asked.words)), every)
    return _which(say("unit_ask", unit=found[0].path) if len(found) == 1 else say("unit_which"), found)


def _every(held: HeldCampaign | None, join: str, every: list[Unit], participates: bool) -> Reply | None:
    """Which units there are; None where nobody is asked for his."""
    if held is None or not every:
        return None
    if not participates:
        return answers.choices(say("unit_not_in", title=held.title), [join])
    if len(every) > MOST_CHOICES:
        return Reply(text=say("unit_of_many", count=len(every), example=every[0].path))
    return _which(say("unit_which_of", title=held.title), every)


def _which(told: str, found: list[Unit]) -> Reply:
    """Each with a tap that confirms it."""
    says = [say("unit_confirm", number=unit.id) for unit in found]
    labels = [say("unit_confirm_label", unit=unit.path) for unit in found]
    pairs = zip(says, labels, strict=True)
    lines = [render.choice(f"{place} {label}", word, place) for place, (word, label) in enumerate(pairs, start=1)]
    return Reply(text=render.chat(told, lines), choices=tuple(says))


def _confirm(incoming: Incoming, desk: Desk, asked: Asked) -> Reply:
    def act(session: Session) -> Reply:
        held = _open_campaign(session, desk)
        participant = score.find_participant(session, held, _name(desk, held)) if held else None
        if held is None or participant is None:
            return Reply(text=say("unit_not_in", title=held.title) if held else say("unit_no_campaign"))
        try:
            unit = units.choose(session, held, participant, asked.number)
        except units.BadUnit as refused:
            return Reply(text=str(refused))
        return answers.choices(say("unit_set", unit=unit.path), [say("score_tap"), say("board_units_tap")])

    return receipts.once(desk.bureau.database, incoming.key, act)


def _open_campaign(session: Session, desk: Desk) -> HeldCampaign | None:
    held = _shown_campaign(session, desk)
    return held if held and register.phase_of(held) is Phase.OPEN else None


_ACTS: dict[Wish, Callable[[Incoming, Desk, Asked], Reply | None]] = {
    Wish.MISSED: lambda incoming, desk, asked: missed_chat.missed(desk, asked.number),
    Wish.UNITS: lambda incoming, desk, asked: _units(desk),
    Wish.NICKNAME: _nickname,
    Wish.NO_NICKNAME: _nickname,
    Wish.UNIT: _unit,
    Wish.CONFIRM: _confirm,
}


# ── what they share ───────────────────────────────────────────────────────────────────────────────────────────────────


def _name(desk: Desk, held: HeldCampaign) -> str:
    return citizens.participant_of(desk.bureau.keyring, desk.openid, held.id)


def _join(session: Session, held: HeldCampaign) -> str:
    """The tap by which he takes part."""
    return join_words(held, register.open_quizzes(session))


def _time(seconds: int) -> str:
    return say("score_minutes", minutes=seconds // 60, seconds=f"{seconds % 60:02}")

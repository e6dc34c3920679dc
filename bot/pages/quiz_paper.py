"""A paper that is being answered: the page with its questions, each tap saved at once, the clock, the hand-in.

Without scripts it is one long form with a button behind every question; static/quiz.js makes one question a screen of
it and sends each tap with its sequence number. No answer and no explanation is in anything said here.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from flask import Blueprint, Response, jsonify, redirect, request

from bot.pages import seat
from bot.pages.quiz_parts import PLACE, get_held, no_seat, page, private, told
from content.models import Question
from content.phrases import say
from content.store import clock
from handlers.desk import Bureau
from handlers.quiz import bank, play, register, shown, taking
from handlers.quiz.letters import letters_of
from handlers.quiz.seats import Sitter
from handlers.quiz.taking import Sheet, State

LARGEST_BODY = 16 * 1024
LARGEST_SEQ = 2**31 - 1


class Tap(msgspec.Struct, frozen=True):
    place: int
    letters: str
    seq: int


class Taps(msgspec.Struct, frozen=True):
    """What the page's script sends."""

    paper: str
    mark: str
    answers: Annotated[list[Tap], msgspec.Meta(max_length=200)]


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Paper(bureau)
    blueprint.add_url_rule(f"{PLACE}/paper", "quiz_paper", pages.paper)
    blueprint.add_url_rule(f"{PLACE}/clock", "quiz_clock", pages.clock)
    blueprint.add_url_rule(f"{PLACE}/answers", "quiz_answers", pages.answers, methods=["POST"])
    blueprint.add_url_rule(f"{PLACE}/hand-in", "quiz_hand_in", pages.hand_in, methods=["POST"])


@dataclass(frozen=True)
class _Paper:
    bureau: Callable[[], Bureau]

    def paper(self, campaign_id: str) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            held = get_held(session, campaign_id)
            sitter = seat.sitter(now.database, campaign_id)
            if sitter is None or sitter.has_ended:
                return no_seat(held, is_passed_on=sitter is not None)
            played = play.find_open_paper(session, held, sitter.participant)
        sheet = taking.find_sheet(now.database, played.id) if played else None
        if sheet is None:
            return private(redirect(f"/h/quiz/{campaign_id}/result"))  # type: ignore[arg-type]
        asked = shown.asked(now.database, now.questions, sheet)
        return page(
            "quiz_paper.html", held=held, rules=register.rules_of(held), sheet=sheet, asked=asked,
            mark=seat.mark(now.keyring, seat.token()), clock=_clock(sheet),
            seq=max((one.seq for one in asked), default=0), closes=sheet.deadline_at,
        )  # fmt: skip

    def clock(self, campaign_id: str) -> Response:
        """What time it is for this paper, and whether it still runs here."""
        sitter, sheet = self._mine(campaign_id, request.args.get("paper", ""))
        return _refused(sitter) if sheet is None else _said(sheet, saved=[])

    # ── taps ──────────────────────────────────────────────────────────────────────────────────────────────────────────

    def answers(self, campaign_id: str) -> Any:
        """Out of the script as JSON, each with its number; without scripts as a form."""
        request.max_content_length = LARGEST_BODY
        return self._from_script(campaign_id) if request.is_json else self._from_form(campaign_id, is_last=False)

    def hand_in(self, campaign_id: str) -> Any:
        """What stands in the form is saved first. A second time changes nothing."""
        request.max_content_length = LARGEST_BODY
        return self._from_form(campaign_id, is_last=True)

    def _from_script(self, campaign_id: str) -> Response:
        now = self.bureau()
        try:
            taps = msgspec.json.decode(request.get_data(), type=Taps)
        except msgspec.MsgspecError:
            return _not_taken(400, "bad", "quiz_page_bad_answer")
        sitter, sheet = self._mine(campaign_id, taps.paper)
        if sheet is None:
            return _refused(sitter)
        if not (seat.came_from_us(now.public_url) and seat.is_marked(now.keyring, taps.mark)):
            return _not_taken(403, "elsewhere", "quiz_page_elsewhere")
        asked = _questions(now, sheet)
        if not all(_is_possible(tap, asked) for tap in taps.answers):
            return _not_taken(400, "bad", "quiz_page_bad_answer")
        saved = [{"place": tap.place, **self._save(sheet, tap)} for tap in taps.answers]
        return _said(sheet, saved, is_over=any(one["state"] == State.OVER for one in saved))

    def _save(self, sheet: Sheet, tap: Tap) -> dict[str, Any]:
        now = self.bureau()
        saved = taking.save(
            now.database, now.questions, sheet.round_id, sheet.participant, tap.place, tap.letters, tap.seq
        )
        return {"state": saved.state.value, "letters": saved.letters, "seq": saved.seq}

    def _from_form(self, campaign_id: str, is_last: bool) -> Any:
        now = self.bureau()
        with now.database.reading() as session:
            held = get_held(session, campaign_id)
        sitter, sheet = self._mine(campaign_id, request.form.get("paper", ""))
        if sitter is None or sitter.has_ended:
            return no_seat(held, is_passed_on=sitter is not None)
        if sheet is None:
            return told("quiz_page_bad_answer", 404, held)
        if not (seat.came_from_us(now.public_url) and seat.is_marked(now.keyring, request.form.get("mark"))):
            return told("quiz_page_elsewhere", 403, held)
        result = f"/h/quiz/{campaign_id}/result/{sheet.round_id}"
        is_late = State.OVER in {self._save(sheet, tap)["state"] for tap in _changed(sheet, _questions(now, sheet))}
        if is_last:
            with now.database.transaction() as session:
                if played := play.find_round(session, sheet.round_id):
                    play.hand_in(session, played)
        if is_last or is_late or _is_over(sheet):
            timed_out = is_late and sheet.finished_at is None
            return private(redirect(f"{result}?late=1" if timed_out else result, 303))  # type: ignore[arg-type]
        place = request.form.get("save", "")
        anchor = f"#q{place}" if place.isascii() and place.isdecimal() else ""
        return private(redirect(f"/h/quiz/{campaign_id}/paper{anchor}", 303))  # type: ignore[arg-type]

    def _mine(self, campaign_id: str, round_id: str) -> tuple[Sitter | None, Sheet | None]:
        """Who sits here, and the paper of this name where it is his and he still sits here."""
        database = self.bureau().database
        sitter = seat.sitter(database, campaign_id)
        if sitter is None or sitter.has_ended:
            return sitter, None
        sheet = taking.find_sheet(database, round_id.replace("\0", "")[:64])
        return sitter, sheet if sheet and sheet.participant == sitter.participant else None


def _questions(bureau: Bureau, sheet: Sheet) -> dict[int, Question]:
    keys = enumerate(sheet.question_keys, start=1)
    return {place: bank.question_of(bureau.database, bureau.questions, key) for place, key in keys}


def _is_possible(tap: Tap, asked: Mapping[int, Question]) -> bool:
    question = asked.get(tap.place)
    return question is not None and 0 < tap.seq <= LARGEST_SEQ and _fits(tap.letters, question)


def _fits(letters: str, question: Question) -> bool:
    """Options of this question in order, one or none where one is right."""
    chosen = [letter for letter in letters_of(question) if letter in letters]
    return "".join(chosen) == letters and (len(chosen) <= 1 or question.kind == "multiple")


def _changed(sheet: Sheet, asked: Mapping[int, Question]) -> Iterable[Tap]:
    """What the form says otherwise than it is saved. A question that is not in it is left alone."""
    for place, question in asked.items():
        letters = "".join(sorted(set(request.form.getlist(f"q{place}"))))
        given = sheet.given.get(place)
        if letters and _fits(letters, question) and (given is None or given.letters != letters):
            yield Tap(place, letters, (given.seq if given else 0) + 1)


def _is_over(sheet: Sheet) -> bool:
    standing = sheet.standing
    return standing.is_time_up or standing.is_handed_in


def _said(sheet: Sheet, saved: list[dict[str, Any]], is_over: bool = False) -> Response:
    state = "over" if is_over or _is_over(sheet) else "open"
    return private(jsonify(state=state, saved=saved, **_clock(sheet)))


def _clock(sheet: Sheet) -> dict[str, int]:
    """In milliseconds: the page counts down by the difference, never by its own clock."""
    ends = sheet.deadline_at or clock.now()
    return {"server_now": int(clock.now().timestamp() * 1000), "deadline": int(ends.timestamp() * 1000)}


def _refused(sitter: Sitter | None) -> Response:
    if sitter is None:
        return _not_taken(403, "no_seat", "quiz_page_no_seat")
    if sitter.has_ended:
        return _not_taken(403, "passed_on", "quiz_page_passed_on")
    return _not_taken(404, "bad", "quiz_page_bad_answer")


def _not_taken(status: int, state: str, key: str) -> Response:
    response = private(jsonify(state=state, told=say(key), saved=[]))
    response.status_code = status
    return response

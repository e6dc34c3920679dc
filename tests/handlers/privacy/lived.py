"""Somebody who has done everything here that leaves something behind, in every slice."""

import json
from datetime import date
from pathlib import Path

from makers import Somebody
from sqlalchemy import make_url, select
from sqlalchemy.orm import Session

from content.store import clock
from content.store.db import Base, Database
from handlers import citizens, conversation, owing, receipts, turns
from handlers.citizens import Person
from handlers.disclosure.models import DisclosureRequest, RequestStep
from handlers.disclosure.requests import PURPOSE as REQUEST
from handlers.privacy import traces
from handlers.publicity.models import VideoState, VideoVote
from handlers.quiz.certificates.models import Certificate
from handlers.quiz.models import GivenAnswer, Participant, Round, Seat
from handlers.quiz.prizes.claims import PERSON
from handlers.quiz.prizes.models import Winner
from handlers.talk.models import Ticket, TicketStep
from handlers.talk.tickets import PURPOSE as TICKET
from tests.handlers.publicity.showing import open_showcase, shown_video
from tests.handlers.quiz.prizes.makers_of_prizes import held_in, participant

WORDS = "演示市民说过的一句独一无二的话"
NICKNAME = "演示昵称独一份"
CAMPAIGN, CODE = "demo", "C7777"


def raw(database: Database) -> bytes:
    """The database's own bytes with those of its log, or every row of every table."""
    if database.is_sqlite:
        file = make_url(database.url).database
        places = (Path(f"{file}{end}") for end in ("", "-wal", "-shm"))
        return b"".join(place.read_bytes() for place in places if place.exists())
    with database.reading() as session:
        rows = [tuple(row) for table in Base.metadata.sorted_tables for row in session.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False, default=str).encode()


def names_in(found: bytes, person: Person) -> set[str]:
    """By which of his names, or by which words of his, he can be found there."""
    names = {"id": person.id, "pseudonym": person.pseudonym, "openid": person.openid, "nickname": NICKNAME}
    return {name for name, word in {**names, "words": WORDS}.items() if word.encode() in found}


def everything(somebody: Somebody) -> Person:
    """Leaves rows in every table that can be led back to a person; who he is by all his names."""
    bureau = somebody.bureau
    held_in(bureau.database, bureau.keyring, people=0, weak=0, name=CAMPAIGN)
    with bureau.database.transaction() as session:
        citizens.follow(session, bureau.keyring, somebody.openid, "演示海报", "k")
        person = citizens.find_person(session, bureau.keyring, somebody.openid)
        _in_the_chat(session, person)
        _in_the_campaign(session, person)
        _with_videos(session, person)
        _with_people(session, person)
        traces.name_for(session, person.pseudonym, "security")
    return person


def _in_the_chat(session: Session, person: Person) -> None:
    turns.record(session, [turns.Turn("talk/unknown", person.pseudonym, WORDS)])
    secret = person.keyring.encrypt("talk", "演示的心里话")
    conversation.begin(session, person.id, "quiz", {"said": WORDS, "secret": secret, "_key": "engine"})
    session.add(receipts.Receipt(message_key="m1", reply={"text": WORDS}, at=clock.now()))
    _round(session, "practice-1", person.id, None)


def _round(session: Session, name: str, whose: str, campaign: str | None) -> None:
    now = clock.now()
    session.add(Round(id=name, citizen_id=whose, question_keys=["q1"], started_at=now, finished_at=now,
                      campaign_id=campaign, points=[], half_points=2, deadline_at=None))  # fmt: skip
    session.flush()
    session.add(GivenAnswer(round_id=name, place=1, question_key="q1", letters="A", is_right=True, at=now))


def _in_the_campaign(session: Session, person: Person) -> None:
    name, now = person.in_campaign(CAMPAIGN), clock.now()
    me: Participant = participant(CAMPAIGN, name, CODE, 60)
    me.nickname = NICKNAME
    session.add(me)
    session.flush()
    _round(session, "paper-1", name, CAMPAIGN)
    session.add(Seat(digest="d" * 64, link=None, campaign_id=CAMPAIGN, participant=name, bound_at=now, ended_at=None))
    session.add(Certificate(serial="DEMO-1", campaign_id=CAMPAIGN, participant=name, text="演示", signature="x",
                            issued_by="", issued_at=now, revoked_at=None))  # fmt: skip
    taker, phone = (person.keyring.encrypt(PERSON, word) for word in ("演示姓名", "13000000000"))
    session.add(Winner(campaign_id=CAMPAIGN, place=1, code=CODE, prize="演示奖品", state="handed_over", decided_at=now,
                       name_encrypted=taker, phone_encrypted=phone))  # fmt: skip


def _with_videos(session: Session, person: Person) -> None:
    held = open_showcase(session)
    shown = shown_video(session, held)
    shown_video(session, held, number=None, state=VideoState.SUBMITTED, citizen_id=person.id, description=WORDS)
    session.add(VideoVote(showcase_id=held.id, participant=person.in_campaign(f"videos-{held.id}"),
                          voted_on=date(2026, 12, 2), video_id=shown.id, at=clock.now()))  # fmt: skip


def _with_people(session: Session, person: Person) -> None:
    now, seal = clock.now(), person.keyring.encrypt
    owing.owe_citizen(session, person.id, "demo:1", WORDS)
    owing.open_window(session, person.id, person.pseudonym)
    asked = DisclosureRequest(
        year=2026, serial=1, code_hash="x", channel="chat", applicant_kind="person", applicant="x",
        particulars=seal(REQUEST, "演示申请人"), wanted="演示的信息", way="page", citizen_id=person.id, state="new",
        filed_at=now, rests=[], report_class="",
    )  # fmt: skip
    session.add(asked)
    session.flush()
    session.add(RequestStep(request_id=asked.id, at=now, act="file"))
    ticket = Ticket(kind="message", citizen_id=person.id, words_encrypted=seal(TICKET, WORDS), topic="",
                    answer_number=None, state="open", received_at=now, due_on=date(2026, 12, 4))  # fmt: skip
    session.add(ticket)
    session.flush()
    session.add(TicketStep(ticket_id=ticket.id, at=now, staff_name="jia", act="answer",
                           words_encrypted=seal(TICKET, "演示答复")))  # fmt: skip

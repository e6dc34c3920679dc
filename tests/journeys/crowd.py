"""A crowd that plays a campaign, in the chat and on pages, and remembers what was acknowledged; somebody who breaks
things meanwhile; and what SQL must hold afterwards, computed from the raw answers alone.
"""

import gzip
import json
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil
import redis
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import staff
from content.models import Question
from content.phrases import say
from content.store import clock
from content.store.keys import Keyring, open_keyring
from handlers.citizens import participant_of
from handlers.quiz import play, register, standings
from handlers.quiz.models import GivenAnswer, HeldCampaign, Participant, Round
from handlers.quiz.prizes import drawing, entries
from tests.handlers.quiz.prizes import recompute
from tests.journeys.installation import Installation
from tests.journeys.phone import Phone

CAMPAIGN, QUESTIONS = "crowd", 50
STAFF = ("crowd1", "crowd2")
NUMBERS, SOURCE = "3 18 7 22 29 11 + 5", "演示：不是真的开奖公告"
AT_ONCE, TRIES = 16, 100
BETWEEN_KILLS = 10.0  # seconds: time for a new worker to come up, also on a busy machine
RULES = """
title = "演示竞答"
opens_at = {opens}
closes_at = {closes}
minutes = 200

[[paper]]
subject = "constitution"
count = 50
points = 2

[draw]
lottery = "双色球"
issue = "{drawn_on:%Y}901"
drawn_on = {drawn_on}
later_issue = "{later:%Y}902"
later_drawn_on = {later}
least_points = 1
prizes = [{{name = "演示奖", count = 9}}]
"""
_PLACE = re.compile(r"第 (\d+) 题/共")
_FIELD = re.compile(r'data-(paper|mark|seq)="([^"]*)"')


def put_on(installation: Installation) -> None:
    now = clock.now()
    times = {"opens": now - timedelta(minutes=1), "closes": now + timedelta(hours=9)}
    with installation.database.transaction() as session:
        for name in STAFF:
            staff.add_staff(session, name, "演示", ["campaigns"], "")
        written = RULES.format(
            **{name: moment.isoformat(timespec="seconds") for name, moment in times.items()},
            drawn_on=clock.today() + timedelta(days=2), later=clock.today() + timedelta(days=20),
        )  # fmt: skip
        register.put_on(session, CAMPAIGN, written, _keyring(installation), STAFF[0])


def _keyring(installation: Installation) -> Keyring:
    return open_keyring(Path(installation.config.security_key_file))


@dataclass
class Player:
    installation: Installation
    phone: Phone
    dice: random.Random
    acknowledged: dict[int, str] = field(default_factory=dict)
    """Letters by place."""
    faults: list[str] = field(default_factory=list)
    """What he was promised and did not get."""

    @property
    def participant(self) -> str:
        return participant_of(_keyring(self.installation), self.phone.openid, CAMPAIGN)

    def says(self, text: str) -> str:
        """As WeChat carries it: again until it is answered; every tenth time once more than needed."""
        message = self.phone.writes(text)
        for _ in range(TRIES):
            heard = self.phone.post(message)
            if heard.status == 200:
                break
            time.sleep(0.3)
        if self.dice.random() < 0.1:
            twin = self.phone.post(message)
            if twin.status == 200 and twin.wire != heard.wire and say("trouble") not in heard.text:
                self.faults.append(f"another reply: {heard.text[:60]} / {twin.text[:60]}")
        return heard.text


class ChatPlayer(Player):
    def play(self) -> None:
        self.says("宪法知识竞答")
        place = _place(self.says(say("quiz_join")))
        while place is not None:
            letter = self.dice.choice("AB")
            text = self.says(letter)
            if "交卷了" not in text and _place(text) is None:  # trouble, or told to wait: where does it stand?
                text = self.says("继续")
            after = _place(text)
            if after is not None and after > place or "交卷了" in text:
                self.acknowledged[place] = letter
            place = after


class PagePlayer(Player):
    def play(self) -> None:
        browser, place = requests.Session(), f"http://127.0.0.1:{self.installation.port}/h/quiz/{CAMPAIGN}"
        [link] = re.findall(r'href="([^"]+\?t=[^"]+)"', self.says("宪法知识竞答"))
        self._until_answered(lambda: browser.get(link, timeout=5))
        sealed = link.split("?t=")[1]
        page = self._until_answered(lambda: browser.post(f"{place}/start", data={"t": sealed}, timeout=5))
        paper = dict(_FIELD.findall(page.text))
        order = list(range(1, QUESTIONS + 1))
        self.dice.shuffle(order)
        for seq, number in enumerate(order, start=int(paper["seq"]) + 1):
            letter = self.dice.choice("AB")
            tap = {"paper": paper["paper"], "mark": paper["mark"],
                   "answers": [{"place": number, "letters": letter, "seq": seq}]}  # fmt: skip
            for _ in range(2 if self.dice.random() < 0.1 else 1):
                told = self._until_answered(
                    lambda tap=tap: browser.post(f"{place}/answers", json=tap, timeout=5)
                ).json()
            if told["saved"][0]["letters"] != letter:
                self.faults.append(f"not saved: {told}")
            self.acknowledged[number] = letter
        data = {"paper": paper["paper"], "mark": paper["mark"]}
        for _ in range(2):
            self._until_answered(lambda: browser.post(f"{place}/hand-in", data=data, timeout=5))

    def _until_answered(self, ask: Callable[[], requests.Response]) -> requests.Response:
        """As the page's script does: again, until somebody answers."""
        answer = None
        for _ in range(TRIES):
            with suppress(requests.RequestException):
                answer = ask()
                if answer.status_code == 200:
                    return answer
            time.sleep(0.3)
        raise AssertionError(f"nobody answered: {answer and answer.text[:300]}")


def _place(text: str) -> int | None:
    found = _PLACE.search(text)
    return int(found[1]) if found else None


@dataclass
class Breaker:
    """Empties Redis and kills with -9 until it is told to stop: single workers, and once everything that runs."""

    installation: Installation
    dice: random.Random
    emptied: int = 0
    killed: int = 0
    felled: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        killed_at = time.monotonic() - BETWEEN_KILLS / 2
        while not self.over.wait(self.dice.uniform(1.0, 3.0)):
            with suppress(redis.RedisError):  # on its way up
                self.installation.redis.empty()
                self.emptied += 1
            workers = self.installation.workers()
            is_whole = len(workers) == self.installation.config.server_workers
            if not is_whole or time.monotonic() - killed_at < BETWEEN_KILLS:
                continue
            if self.killed and not self.felled:
                self._fell()
            else:
                with suppress(psutil.NoSuchProcess):
                    self.dice.choice(workers).kill()
                    self.killed += 1
            killed_at = time.monotonic()

    def _fell(self) -> None:
        """Every process, with its group; then it is started again, as an operator would."""
        self.felled += 1
        for process in self.installation.processes():
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                group = os.getpgid(process.pid)
                os.killpg(group, signal.SIGKILL) if group != os.getpgid(0) else process.kill()
        self.installation.process.wait()
        self.installation.start()


def play_all(installation: Installation, people: int, seed: int) -> tuple[list[Player], Breaker]:
    """Half in the chat, half on pages, some at a time, while things break."""
    players: list[Player] = []
    for number in range(people):
        kind = PagePlayer if number % 2 else ChatPlayer
        players.append(kind(installation, installation.phone(), random.Random(seed * 10_007 + number)))  # noqa: S311
    breaker = Breaker(installation, random.Random(seed))  # noqa: S311
    thread = threading.Thread(target=breaker.run)
    thread.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            for done in [crowd.submit(player.play) for player in players]:
                done.result()
    finally:
        breaker.over.set()
        thread.join()
    return players, breaker


# ── what must be true afterwards ──────────────────────────────────────────────────────────────────────────────────────


def problems(installation: Installation, players: list[Player]) -> list[str]:
    """What was promised and is not so; nothing of it is asked of the code that keeps scores."""
    found = [fault for player in players for fault in player.faults]
    best: dict[str, tuple[int, int, datetime]] = {}
    with installation.database.transaction() as session:
        held = session.get_one(HeldCampaign, CAMPAIGN)
        play.settle(session, held)
        answers = {question.key: question.answer for question in session.scalars(select(Question))}
        for player in players:
            papers = session.scalars(select(Round).where(Round.citizen_id == player.participant)).all()
            if len(papers) != 1 or papers[0].finished_at is None:
                found.append(f"{len(papers)} papers, or not finished")
                continue
            given = session.scalars(select(GivenAnswer).where(GivenAnswer.round_id == papers[0].id)).all()
            letters = {answer.place: answer.letters for answer in given}
            if letters != player.acknowledged or len(letters) != QUESTIONS:
                found.append(f"{type(player).__name__}: acknowledged {player.acknowledged}, kept {letters}")
            right = sum(answers[papers[0].question_keys[place - 1]] == one for place, one in letters.items())
            seconds = int((papers[0].finished_at - papers[0].started_at).total_seconds())
            best[player.participant] = (-4 * right, seconds, papers[0].finished_at)
        found += _other_ranks(session, held, best)
    return found


def _other_ranks(session: Session, held: HeldCampaign, best: dict[str, tuple[int, int, datetime]]) -> list[str]:
    """`best`: half points, negative; seconds; moment, of each participant's paper."""
    ordered, found = sorted(best.values()), []
    stands = standings.top(session, held, None)
    for stand in stands:
        mine, merit = session.get_one(Participant, (CAMPAIGN, stand.participant)), best[stand.participant]
        rank = ordered.index(merit) + 1
        if not stand.rank == standings.rank_of(session, mine) == rank or stand.half_points != -merit[0]:
            found.append(f"rank {rank} with {-merit[0]} half points, shown {stand}")
    return found if len(stands) == len(best) else [*found, f"{len(stands)} on the board of {len(best)}"]


def draw_problems(installation: Installation, players: list[Player]) -> list[str]:
    """The campaign is closed and drawn; list and winners are recomputed, from the raw answers and by a script that has
    no code of the draw's.
    """
    keyring, database = _keyring(installation), installation.database
    with database.transaction() as session:
        held = register.close_now(session, CAMPAIGN, STAFF[0], "演示")
        entries.fix(session, held, STAFF[0])
        codes = [_code(session, player) for player in players if _points(session, player) >= 1]
    with clock.fixed_at(clock.now() + timedelta(days=4)):
        for name in STAFF:
            with database.transaction() as session:
                drawing.type_numbers(session, register.get_held(session, CAMPAIGN), NUMBERS, SOURCE, name)
        drawing.conclude(database, keyring, CAMPAIGN, STAFF[1])
    with database.reading() as session:
        record = json.loads(gzip.decompress(drawing.record_of(session, CAMPAIGN) or b""))
    found = [] if record["entries"] == sorted(codes) else ["another list than the raw answers give"]
    if not recompute.is_true(record) or len(record["winners"]) != min(9, len(codes)):
        found.append("other winners than the record gives")
    return found


def _code(session: Session, player: Player) -> str:
    return session.get_one(Participant, (CAMPAIGN, player.participant)).code


def _points(session: Session, player: Player) -> int:
    """From his raw answers."""
    rows = (
        select(GivenAnswer.letters, Question.answer)
        .join(Round, Round.id == GivenAnswer.round_id)
        .join(Question, Question.key == GivenAnswer.question_key)
        .where(Round.citizen_id == player.participant)
    )
    return sum(2 for letters, answer in session.execute(rows) if letters == answer)

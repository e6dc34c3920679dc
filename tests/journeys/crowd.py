"""A crowd that plays a campaign, in the chat and on pages, and remembers what was acknowledged; somebody who breaks
things meanwhile; and what SQL must hold afterwards, computed from the raw answers alone.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psutil
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
from tests.journeys.installation import Installation
from tests.journeys.phone import Phone

CAMPAIGN, QUESTIONS = "crowd", 50
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
issue = "2026001"
later_issue = "2026002"
least_points = 1
prizes = [{{name = "演示奖", count = 9}}]
"""
_PLACE = re.compile(r"第 (\d+) 题/共")
_FIELD = re.compile(r'data-(paper|mark|seq)="([^"]*)"')


def put_on(installation: Installation) -> None:
    now = clock.now()
    times = {"opens": now - timedelta(minutes=1), "closes": now + timedelta(hours=9)}
    with installation.database.transaction() as session:
        staff.add_staff(session, "crowd", "演示", ["campaigns"], "")
        written = RULES.format(**{name: moment.isoformat(timespec="seconds") for name, moment in times.items()})
        register.put_on(session, CAMPAIGN, written, _keyring(installation), "crowd")


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
    """Empties Redis and kills workers with -9 until it is told to stop, both at least once."""

    installation: Installation
    dice: random.Random
    emptied: int = 0
    killed: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        killed_at = time.monotonic() - BETWEEN_KILLS / 2
        while not self.over.wait(self.dice.uniform(1.0, 3.0)):
            self.installation.redis.empty()
            self.emptied += 1
            workers = self.installation.workers()
            is_whole = len(workers) == self.installation.config.server_workers
            if is_whole and time.monotonic() - killed_at > BETWEEN_KILLS:
                with suppress(psutil.NoSuchProcess):
                    self.dice.choice(workers).kill()
                    self.killed += 1
                killed_at = time.monotonic()


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

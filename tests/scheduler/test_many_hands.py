"""Many schedulers, one database: each push is claimed by one of them."""

from collections import Counter
from datetime import timedelta

from content.store import clock
from scheduler.models import State
from scheduler.walk import Patience
from tests.scheduler import hands
from tests.scheduler.making import Desk, many_approved


def test_eight_schedulers_send_each_of_many_pushes_once(bare_desk: Desk) -> None:
    many_approved(bare_desk, 120, clock.now())
    patience = Patience(lease=timedelta(seconds=60), asks=(0.5, 1.0))
    workers = [hands.start(bare_desk, hands.until_all_ended(90), patience) for _ in range(8)]
    hands.join(workers, 100)
    assert Counter(bare_desk.states()) == {State.PUBLISHED: 120}
    assert Counter(bare_desk.played.sent_titles()).most_common(1)[0][1] == 1
    assert len(bare_desk.played.sent_titles()) == 120
    assert bare_desk.played.calls("submit_publish") == 120

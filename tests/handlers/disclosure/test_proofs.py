"""The picture of who applies goes when the request has been over for a month, and not before."""

from datetime import UTC, datetime

from content.store import clock
from handlers.disclosure import handling, proofs, requests
from handlers.disclosure.form import Application
from handlers.disclosure.models import Channel

WANTED = Application("person", "演示", "demo", "演示要的信息", "", "online", "")


def test_a_proof_is_kept_while_the_request_goes_on_and_a_month_longer(database, keyring):
    with clock.fixed_at(datetime(2026, 11, 2, 2, tzinfo=UTC)), database.transaction() as session:
        ids = [requests.file(session, keyring, Channel.PAGE, WANTED).request.id for _ in range(2)]
        for request_id in ids:
            proofs.keep(session, keyring, request_id, b"\xff\xd8demo")
        handling.withdraw(session, requests.get_request(session, ids[0]))
    for day, left in ((2, [True, True]), (3, [False, True])):
        with clock.fixed_at(datetime(2026, 12, day, 2, tzinfo=UTC)), database.transaction() as session:
            proofs.purge(session)
            assert [proofs.is_kept(session, request_id) for request_id in ids] == left

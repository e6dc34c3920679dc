"""May it go out now? Asked when it is due and once more in the moment before it is sent. Calls nobody."""

from sqlalchemy.orm import Session

from content.store import clock
from scheduler import slots
from scheduler.freezing import find_freeze
from scheduler.models import Channel, Publication, State
from scheduler.platform import Later
from scheduler.register import digest_of, newer_titles
from scheduler.rounds import deadline, note_step
from scheduler.walk import Blocked, Walk

FROZEN_SECONDS = 5


def check(walk: Walk) -> None:
    """Raises Blocked, Later and Lost."""
    with walk.read() as (session, publication):
        look(session, publication, walk.means.account_type)
        findings = walk.means.inspect(session, publication, walk.means.uploads)
    if findings:
        raise Blocked(State.DRAFT, f"发送前的检查没有通过：{'；'.join(findings[:3])}。请改正后重新送审。")
    with walk.write() as (session, publication):
        look(session, publication, walk.means.account_type)
        note_step(session, publication, "check")


def look(session: Session, publication: Publication, account_type: str) -> None:
    """Raises Blocked and Later."""
    if clock.now() > deadline(publication):
        raise Blocked(State.OVERDUE, _overdue(publication))
    if frozen := find_freeze(session):
        raise Later(f"全部停发（{frozen.reason}）：恢复后再发。", seconds=FROZEN_SECONDS)
    if titles := newer_titles(session, publication.id):
        raise Blocked(State.DRAFT, f"《{titles[0]}》在审核之后又改过，没有发出：请重新送审。")
    if publication.digest != digest_of(session, publication):
        raise Blocked(State.DRAFT, "现在的内容不是审核通过的内容，没有发出：请核对后重新送审。")
    if publication.channel == Channel.MASS and not slots.unspent(session, clock.today(), account_type, publication.id):
        raise Blocked(State.FAILED, slots.quota_trouble(clock.today(), account_type))


def _overdue(publication: Publication) -> str:
    minutes = publication.late_after_seconds // 60
    reason = publication.trouble or "到时间时程序没有运行，或一直没能发出。"
    return f"{reason}过了时间 {minutes} 分钟以上，不再自动发送：请改时间后重新送审，或撤回。"

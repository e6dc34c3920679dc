"""What became of a push: WeChat's own messages and answers, in Chinese, and the closing of the push by them.

A message from WeChat is kept first, as it came, and then laid to its push: it may come before the answer to the call
that it is about. Nothing here asks WeChat anything.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import repository
from content.models import Material
from content.store import clock
from content.store.db import take_turns
from scheduler.models import Channel, PlatformEvent, Publication, State, Step
from scheduler.moves import get_locked, move, stopped
from scheduler.platform import Outcome
from scheduler.register import items

MASS_EVENT, PUBLISH_EVENT = "masssendjobfinish", "publishjobfinish"
EVENTS = frozenset({MASS_EVENT, PUBLISH_EVENT})
RUNNING, PUBLISHED, FAILED, GONE = "running", "published", "failed", "gone"
MOST_EVIDENCE = 60
_ERRORS = {
    "10001": "微信认为内容涉嫌广告", "20001": "微信认为内容涉嫌政治", "20002": "微信认为内容涉嫌色情",
    "20004": "微信认为内容涉嫌社会问题", "20006": "微信认为内容涉嫌违法犯罪", "20008": "微信认为内容涉嫌欺诈",
    "20013": "微信认为内容涉嫌侵犯版权", "21000": "微信认为内容有其他问题", "22000": "微信认为内容涉嫌互推",
    "30001": "微信的原创校验出错", "30002": "原创校验没有通过，不允许群发", "30003": "原创校验判定为转载，不允许群发",
    "40001": "管理员在手机上拒绝了这次群发", "40002": "管理员 30 分钟内没有在手机上确认，群发取消",
}  # fmt: skip
_STATUS = {
    "0": (PUBLISHED, ""), "1": (RUNNING, ""), "2": (FAILED, "原创校验没有通过"), "3": (FAILED, "微信发布失败"),
    "4": (FAILED, "微信审核没有通过"), "5": (GONE, "发布后文章已全部被删除"), "6": (GONE, "发布后文章被微信封禁"),
}  # fmt: skip
_TOLD = {RUNNING: "微信还在处理", PUBLISHED: "微信报告发出成功", FAILED: "微信没有发出", GONE: "发出后已被删除"}
_CONFIRMATION = ("err(40001)", "err(40002)")
"""Said only of a send by the interface that the administrator had to confirm."""
_OPEN = (State.PUBLISHING, State.SUBMITTED, State.UNCERTAIN)


def is_ours(fields: Mapping[str, Any]) -> bool:
    """Whether a message of WeChat tells of a push."""
    kind, event = fields.get("MsgType", ""), fields.get("Event", "")
    return isinstance(kind, str) and isinstance(event, str) and kind.lower() == "event" and event.lower() in EVENTS


def take_in(session: Session, fields: Mapping[str, Any]) -> bool:
    """Keeps the message and closes the push that it is about, where we know it already. True where it did."""
    number, status = _number(fields), _status(fields)
    if not number:
        return False
    key = f"{str(fields['Event']).lower()}:{number}:{status}"[:96]
    take_turns(session, f"event:{key}")
    event = session.get(PlatformEvent, key)
    if event is None:
        told = {name: value for name, value in fields.items() if name != "FromUserName"}  # may be somebody's openid
        event = PlatformEvent(key=key, number=number, fields=told, at=clock.now(), publication_id=None)
        session.add(event)
        session.flush()
    return event.publication_id is None and _lay(session, event)


def settle_events(session: Session, publication: Publication) -> None:
    """Messages that came before we knew the number of this push. It must be locked."""
    numbers = [number for number in (publication.msg_id, publication.publish_id) if number]
    query = select(PlatformEvent).where(PlatformEvent.number.in_(numbers), PlatformEvent.publication_id.is_(None))
    for event in session.scalars(query.order_by(PlatformEvent.at)).all():
        _apply(session, event, publication)


def close(session: Session, publication: Publication, outcome: Outcome, source: str) -> None:
    """Ends a push that is open by what became of it; one that still runs is left as it is. It must be locked."""
    note(publication, source, outcome.sentence or _TOLD[outcome.status])
    if outcome.status == RUNNING or publication.state not in _OPEN:
        return
    publication.article_id = outcome.article_id or publication.article_id
    publication.urls = list(outcome.urls) or publication.urls
    if outcome.status == PUBLISHED:
        _publish(session, publication)
        return
    if outcome.status == GONE:  # it was out: the send is spent, and followers may have it
        publication.trouble = (
            f"{stopped(outcome.sentence)}已经发出过，关注者可能看到了：不要原样再发，需要更正请另建一条。"
        )
    else:
        publication.trouble = f"{(outcome.sentence or '微信没有发出').rstrip('。')}：请修改后重新送审。"
        publication.submitted_at = None  # nobody was reached and no send was spent
    _through_submitted(session, publication)
    move(session, publication, State.FAILED, "", reason=outcome.sentence)


def note(publication: Publication, source: str, told: object) -> None:
    """A line of evidence: who told us what, and when. What is told again and again is one line with its number."""
    now, words = clock.now().isoformat(timespec="seconds"), str(told)[:500]
    before = list(publication.evidence)
    if before and (before[-1]["source"], before[-1]["said"]) == (source, words):
        last = before.pop()
        line = {**last, "until": now, "times": last.get("times", 1) + 1}
    else:
        line = {"at": now, "source": source, "said": words}
    publication.evidence = [*before, line][-MOST_EVIDENCE:]


def of_mass_event(fields: Mapping[str, Any]) -> Outcome:
    status = _status(fields)
    urls = [str(item.get("ArticleUrl", "")) for item in _items(fields, "ArticleUrlResult", "ResultList", "item")]
    if status.lower().replace(" ", "") == "sendsuccess":
        return Outcome(
            PUBLISHED, f"群发成功：{_counts(fields)}".rstrip("："), urls=[url for url in urls if url], raw=dict(fields)
        )
    code = status.lower().removeprefix("err(").removesuffix(")").strip()
    sentence = _ERRORS.get(code, "微信群发失败") + f"（{status}）"
    return Outcome(FAILED, sentence + _copyright(fields), raw=dict(fields))


def of_publish_event(fields: Mapping[str, Any]) -> Outcome:
    told = _inside(fields, "PublishEventInfo")
    status, sentence = _STATUS.get(str(told.get("publish_status", "")), (RUNNING, ""))
    urls = [str(item.get("article_url", "")) for item in _items(told, "article_detail", "item")]
    if failed := told.get("fail_idx"):
        numbers = failed if isinstance(failed, list) else [failed]
        sentence += f"（第 {'、'.join(str(number) for number in numbers)} 篇）"
    return Outcome(status, sentence, str(told.get("article_id", "")), [url for url in urls if url], dict(fields))


def _lay(session: Session, event: PlatformEvent) -> bool:
    is_mass = event.key.startswith(MASS_EVENT)
    number = Publication.msg_id if is_mass else Publication.publish_id
    found = session.scalar(select(Publication.id).where(Publication.state.in_(_OPEN), number == event.number))
    if found is None:
        nameless = _nameless(session, is_mass)
        if is_mass and len(nameless) == 1 and nameless[0].confirm_until and _status(event.fields) in _CONFIRMATION:
            found = nameless[0].id
        else:
            _show(session, event, nameless)
    return found is not None and _apply(session, event, get_locked(session, found))


def _nameless(session: Session, is_mass: bool) -> list[Publication]:
    """Pushes that may have been sent and of which WeChat has told us no number."""
    number = Publication.msg_id if is_mass else Publication.publish_id
    intent = select(Step.id).where(
        Step.publication_id == Publication.id, Step.round == Publication.round, Step.name == "submitting"
    )
    query = select(Publication).where(
        Publication.state.in_(_OPEN), Publication.channel == (Channel.MASS if is_mass else Channel.PUBLISH),
        number == "", intent.exists(),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Publication.id)).all())


def _show(session: Session, event: PlatformEvent, nameless: Sequence[Publication]) -> None:
    """Somebody may have sent by hand at WeChat's console: what it tells without our number proves nothing, and helps
    the person who must decide.
    """
    outcome = _outcome(event)
    for publication in nameless:
        told = f"{outcome.sentence or _TOLD[outcome.status]}（编号 {event.number}，不知道是不是这一条）"
        note(get_locked(session, publication.id), "微信的结果通知", told)


def _apply(session: Session, event: PlatformEvent, publication: Publication) -> bool:
    if publication.state not in _OPEN:
        return False
    outcome = _outcome(event)
    event.publication_id = publication.id
    if event.key.startswith(MASS_EVENT):
        publication.msg_id = publication.msg_id or event.number
    close(session, publication, outcome, "微信的结果通知")
    return True


def _outcome(event: PlatformEvent) -> Outcome:
    return of_mass_event(event.fields) if event.key.startswith(MASS_EVENT) else of_publish_event(event.fields)


def _publish(session: Session, publication: Publication) -> None:
    """Citizens see now what went out."""
    for item in items(session, publication.id):
        material = session.get(Material, item.material_id)
        if material is not None:
            material.current_revision_id = item.revision_id
            material.published_at = material.published_at or clock.now()
    repository.touch_content(session)
    publication.trouble, publication.published_at = "", clock.now()
    publication.submitted_at = publication.submitted_at or clock.now()
    session.add(Step(publication_id=publication.id, round=publication.round, name="confirm", detail={}, at=clock.now()))
    _through_submitted(session, publication)
    move(session, publication, State.PUBLISHED, "")


def _through_submitted(session: Session, publication: Publication) -> None:
    """The result can overtake the answer to the call."""
    if publication.state == State.PUBLISHING:
        move(session, publication, State.SUBMITTED, "")


def _number(fields: Mapping[str, Any]) -> str:
    is_mass = str(fields["Event"]).lower() == MASS_EVENT
    told = fields.get("MsgID", "") if is_mass else _inside(fields, "PublishEventInfo").get("publish_id", "")
    return told.strip()[:64] if isinstance(told, str) else ""


def _status(fields: Mapping[str, Any]) -> str:
    told = fields.get("Status") or _inside(fields, "PublishEventInfo").get("publish_status", "")
    return str(told).strip()


def _counts(fields: Mapping[str, Any]) -> str:
    names = (("TotalCount", "粉丝"), ("FilterCount", "准备发送"), ("SentCount", "成功"), ("ErrorCount", "失败"))
    return "，".join(f"{shown} {fields[name]}" for name, shown in names if isinstance(fields.get(name), str))


def _copyright(fields: Mapping[str, Any]) -> str:
    """Which articles the check of originality stopped."""
    found = _items(fields, "CopyrightCheckResult", "ResultList", "item")
    stopped = [str(item.get("ArticleIdx", "?")) for item in found if str(item.get("CanReprint")) == "0" and
               str(item.get("AuditState", "0")) != "0"]  # fmt: skip
    return f"，涉及第 {'、'.join(stopped)} 篇" if stopped else ""


def _inside(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, Mapping) else {}


def _items(fields: Mapping[str, Any], *path: str) -> Sequence[Mapping[str, Any]]:
    """The mappings at the end of a path; one alone comes without its list."""
    found: Any = fields
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    several = found if isinstance(found, list) else [found]
    return [item for item in several if isinstance(item, Mapping)]

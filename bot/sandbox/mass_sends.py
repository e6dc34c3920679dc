"""From an accepted mass send to its end: the administrator's phone, the arrival on the followers' phones, the finished
event.
"""

from bot.sandbox import drafts
from bot.sandbox.calls import Answer
from bot.sandbox.events import MASS_HELPER
from bot.sandbox.parts import Parts
from bot.sandbox.replies import Article as Card
from bot.sandbox.state import Citizen
from bot.sandbox.stock import Article, Publication, Send
from bot.sandbox.words import section, sentence

CONFIRM_SECONDS = 30 * 60
SERVICE_A_MONTH = 4
_REFUSED, _NOT_CONFIRMED, _SUCCESS = "err(40001)", "err(40002)", "send success"


def begin(parts: Parts, send: Send) -> None:
    """After it was accepted; not with the lock held."""
    if send.state == "awaits":
        parts.agenda.add(CONFIRM_SECONDS, lambda: _decide(parts, send, _NOT_CONFIRMED))
    else:
        parts.agenda.add(parts.controls.mass_seconds, lambda: _finish(parts, send))


def confirm(parts: Parts, msg_id: int) -> bool:
    """The administrator's yes. False where nothing waits for it."""
    with parts.stock.lock:
        send = parts.stock.sends.get(msg_id)
        if send is None or send.state != "awaits":
            return False
        send.state = "sending"
    parts.agenda.add(parts.controls.mass_seconds, lambda: _finish(parts, send))
    return True


def refuse(parts: Parts, msg_id: int) -> bool:
    """The administrator's no."""
    with parts.stock.lock:
        send = parts.stock.sends.get(msg_id)
    return send is not None and _decide(parts, send, _REFUSED)


def month(parts: Parts) -> str:
    return parts.clock.today().strftime("%Y-%m")


def _decide(parts: Parts, send: Send, said: str) -> bool:
    with parts.stock.lock:
        if send.state != "awaits":
            return False
        send.state, send.said = "failed", said
    _tell(parts, send)
    return True


def _finish(parts: Parts, send: Send) -> None:
    reached: list[Citizen] = []
    with parts.stock.lock:
        if send.state != "sending":
            return
        send.said = parts.controls.mass_status
        if send.said == _SUCCESS:
            send.state = "success"
            reached = _arrive(parts, send)
        else:
            send.state = "failed"
        send.counts = _counts(send, reached)
    _tell(parts, send)


def _arrive(parts: Parts, send: Send) -> list[Citizen]:
    """The draft is gone, the articles can be read by everybody, and lie on the phones of those who follow."""
    parts.stock.pages |= {article["name"]: (article, send) for article in send.articles}
    if draft := parts.stock.drafts.get(send.draft_id):
        drafts.drop(parts, draft)
    reached = []
    for openid in send.openids:
        citizen = parts.state.find_citizen(openid)
        if citizen is not None and citizen.following and _may_get(parts, citizen):
            citizen.got_this_month[month(parts)] = citizen.got_this_month.get(month(parts), 0) + 1
            show(parts, citizen, send.kind, send.text, send.articles)
            reached.append(citizen)
    return reached


def _may_get(parts: Parts, citizen: Citizen) -> bool:
    """A service account reaches each follower four times a month."""
    is_free = parts.controls.is_quota_lifted or parts.controls.account_type != "service"
    return is_free or citizen.got_this_month.get(month(parts), 0) < SERVICE_A_MONTH


def show(parts: Parts, citizen: Citizen, kind: str, text: str, articles: list[Article]) -> None:
    """A line of the chat, as it looks on the phone."""
    if kind not in {"text", "mpnews"}:
        text = sentence("shown", "media", kind=section("media_names").get(kind, kind))
    cards = [
        Card(
            title=article["title"],
            description=article["digest"] if len(articles) == 1 else "",
            picture=f"/sandbox/pictures/{article['cover']}",
            url=f"/sandbox/articles/{article['name']}",
        )
        for article in articles
    ]
    parts.state.add_entry(citizen, "account", "news" if articles else "text", text, cards)


def _counts(send: Send, reached: list[Citizen]) -> dict[str, int]:
    total, sent = len(send.openids), len(reached)
    is_out = send.state == "success"
    return {
        "TotalCount": total,
        "FilterCount": sent if is_out else total,
        "SentCount": sent,
        "ErrorCount": 0 if is_out else total,
    }


def _tell(parts: Parts, send: Send) -> None:
    if not parts.controls.loses_events:
        parts.events.push(MASS_HELPER, "MASSSENDJOBFINISH", _event(send))


def _event(send: Send) -> Answer:
    counts = send.counts or dict.fromkeys(("TotalCount", "FilterCount", "SentCount", "ErrorCount"), 0)
    fields: Answer = {"MsgID": send.msg_id, "Status": send.said, **counts}
    if not send.articles or send.said in {_REFUSED, _NOT_CONFIRMED}:
        return fields
    places = range(1, len(send.articles) + 1)
    fields["CopyrightCheckResult"] = {
        "Count": len(places),
        "ResultList": {"item": [_checked(place) for place in places]},
        "CheckState": {"err(30002)": 3, "err(30003)": 3}.get(send.said, 1),
    }
    if send.state == "success":
        urls = [
            {"ArticleIdx": place, "ArticleUrl": drafts.page_address(article, send.address)}
            for place, article in zip(places, send.articles, strict=True)
        ]
        fields["ArticleUrlResult"] = {"Count": len(urls), "ResultList": {"item": urls}}
    return fields


def _checked(place: int) -> Answer:
    return {
        "ArticleIdx": place,
        "UserDeclareState": 0,
        "AuditState": 0,
        "OriginalArticleUrl": "",
        "OriginalArticleType": 0,
        "CanReprint": 0,
        "NeedReplaceContent": 0,
        "NeedShowReprintSource": 0,
    }


def is_deleted(article: Article, brought_out_by: Publication | Send | None) -> bool:
    """Whether its page only says that it was deleted."""
    if brought_out_by is None:
        return False
    names = [one["name"] for one in brought_out_by.articles]
    return names.index(article["name"]) + 1 in brought_out_by.deleted

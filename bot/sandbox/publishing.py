"""Publishing without a push (freepublish): accepted at once, finished later, told by an event and when asked."""

from bot.sandbox import drafts, published
from bot.sandbox.calls import OK, Answer, Call, Table, page, whole
from bot.sandbox.events import PUBLISHER
from bot.sandbox.parts import Parts
from bot.sandbox.refusals import Refused
from bot.sandbox.stock import Publication, new_media_id

_PUBLISHED, _RUNNING, _DELETED = 0, 1, 5


def _submit(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/freepublish/submit"""
    with parts.stock.lock:
        draft = drafts.find(parts, call.body().get("media_id"))
        number = parts.stock.next_number()
        # a draft that is submitted twice comes out twice, as two lists of articles
        articles = [{**article, "name": new_media_id()[:22]} for article in draft.articles]
        made = Publication(str(number), draft.media_id, articles, parts.clock.timestamp(), call.address)
        parts.stock.publications[made.publish_id] = made
    parts.agenda.add(parts.controls.publish_seconds, lambda: finish(parts, made))
    return {**OK, "publish_id": made.publish_id, "msg_data_id": number + 10**9}


def finish(parts: Parts, made: Publication) -> None:
    with parts.stock.lock:
        if made.status != _RUNNING:
            return
        made.status, made.finished_at = parts.controls.publish_status, parts.clock.timestamp()
        if made.status == _PUBLISHED:
            made.article_id = new_media_id()
            parts.stock.by_article_id[made.article_id] = made
            parts.stock.pages |= {article["name"]: (article, made) for article in made.articles}
            if draft := parts.stock.drafts.get(made.draft_id):
                drafts.drop(parts, draft)
        fields = {"PublishEventInfo": _finished_event(made)}
    if not parts.controls.loses_events:
        parts.events.push(PUBLISHER, "PUBLISHJOBFINISH", fields)


def _finished_event(made: Publication) -> Answer:
    told = _outcome(made)
    if "article_detail" in told:
        told["article_detail"] = {"count": len(made.articles), "item": told["article_detail"]["item"]}
    return told


def _outcome(made: Publication) -> Answer:
    told: Answer = {"publish_id": made.publish_id, "publish_status": made.status}
    if made.article_id:
        items = [
            {"idx": place, "article_url": drafts.page_address(article, made.address)}
            for place, article in enumerate(made.articles, 1)
        ]
        told |= {"article_id": made.article_id, "article_detail": {"count": len(items), "item": items}}
    return {**told, "fail_idx": list(range(1, len(made.articles) + 1)) if made.status in {2, 3, 4} else []}


def _get(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/freepublish/get"""
    publish_id = str(call.body().get("publish_id") or "")
    with parts.stock.lock:
        if publish_id not in parts.stock.publications:
            raise Refused(53502, "invalid publish_id")
        return _outcome(parts.stock.publications[publish_id])


def _find(parts: Parts, article_id: object) -> Publication:
    found = parts.stock.by_article_id.get(article_id) if isinstance(article_id, str) else None
    if found is None:
        raise Refused(53600, "invalid article_id")
    return found


def _items(made: Publication, address: str, bare: bool = False) -> list[Answer]:
    return [
        {**drafts.as_item(article, address, bare), "is_deleted": place in made.deleted}
        for place, article in enumerate(made.articles, 1)
    ]


def _get_article(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/freepublish/getarticle"""
    article_id = call.body().get("article_id")
    if demonstration := published.find_published(article_id):
        return demonstration
    with parts.stock.lock:
        made = _find(parts, article_id)
        return {"news_item": _items(made, call.address), "create_time": made.at, "update_time": made.finished_at}


def _delete(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/freepublish/delete"""
    body = call.body()
    with parts.stock.lock:
        made = _find(parts, body.get("article_id"))
        index = whole(body, "index", 40114, 0)
        if not 0 <= index <= len(made.articles):
            raise Refused(40114, "invalid index value")
        every = set(range(1, len(made.articles) + 1))
        made.deleted |= {index} if index else every
        if made.deleted == every:
            made.status = _DELETED
    return OK


def _list(parts: Parts, call: Call) -> Answer:
    """POST /cgi-bin/freepublish/batchget: the newest first, behind them the demonstration's."""
    body = call.body()
    bare = body.get("no_content") == 1
    with parts.stock.lock:
        made = list(parts.stock.published())
        shown = page([*made, *published.published(bare)], body)
        shown["item"] = [
            _listed(one, call.address, bare) if isinstance(one, Publication) else one for one in shown["item"]
        ]
    return shown


def _listed(made: Publication, address: str, bare: bool) -> Answer:
    content = {"news_item": _items(made, address, bare), "create_time": made.at, "update_time": made.finished_at}
    return {"article_id": made.article_id, "content": content, "update_time": made.finished_at}


CALLS: Table = {
    "/cgi-bin/freepublish/submit": ("POST", _submit),
    "/cgi-bin/freepublish/get": ("POST", _get),
    "/cgi-bin/freepublish/getarticle": ("POST", _get_article),
    "/cgi-bin/freepublish/delete": ("POST", _delete),
    "/cgi-bin/freepublish/batchget": ("POST", _list),
}

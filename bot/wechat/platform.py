"""Everything that is asked of WeChat to publish, as `scheduler/platform.py` wants it: each call in time, each failure
as what it means, the calls that must not be done twice never repeated here.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from bot.wechat.client import Upload, WeChatClient
from bot.wechat.errors import PlatformError, trouble
from scheduler.platform import DraftArticle, Never, Outcome, Published

CLIENT_MSG_ID_CHARACTERS = 32
_PAGE = 20
_NO_DRAFT, _NO_RIGHT, _NOT_PUBLISHED = 40007, 48001, 53600
_FILE_NAMES = {"image/jpeg": "picture.jpg", "image/png": "picture.png", "image/gif": "picture.gif"}
_PUBLISH = {
    0: ("published", ""),
    1: ("running", ""),
    2: ("failed", "原创校验没有通过，没有发布：请在公众号后台核对后修改。"),
    3: ("failed", "微信发布失败，没有发布：请在公众号后台打开草稿，看微信的提示。"),
    4: ("failed", "没有通过微信的审核，没有发布：请修改内容后再试。"),
    5: ("gone", "文章发布后已全部被删除。"),
    6: ("gone", "文章发布后已全部被微信屏蔽：请登录公众号后台查看通知。"),
}
_MASS = {
    "SEND_SUCCESS": ("published", ""),
    "SENDING": ("running", ""),
    "SEND_FAIL": ("failed", "微信群发失败：请登录公众号后台查看原因。"),
    "DELETE": ("gone", "这次群发的文章已被删除。"),
}
# statistics → how many days one call may ask for, and the older interface for accounts that have only that
_SPANS = {
    "getusersummary": 7,
    "getusercumulate": 7,
    "getarticleread": 1,
    "getarticleshare": 1,
    "getarticletotaldetail": 1,
    "getbizsummary": 30,
    "getupstreammsg": 7,
    "getinterfacesummary": 30,
    "getarticlesummary": 1,
    "getarticletotal": 1,
    "getuserread": 3,
    "getusershare": 7,
}
_OLDER = {
    "getarticleread": "getarticlesummary",
    "getarticleshare": "getusershare",
    "getarticletotaldetail": "getarticletotal",
    "getbizsummary": "getuserread",
}


class WeChatPlatform:
    """Implements scheduler.platform.Platform."""

    def __init__(self, client: WeChatClient, account_type: str = "subscription") -> None:
        self._client = client
        self._account_type = account_type

    def close(self) -> None:
        self._client.close()

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def upload_body_picture(self, picture: bytes, media_type: str) -> str:
        return self._text("media/uploadimg", "url", upload=_file(picture, media_type))

    def upload_cover(self, picture: bytes, media_type: str) -> str:
        kind = {"type": "image"}
        return self._text("material/add_material", "media_id", upload=_file(picture, media_type), params=kind)

    # ── drafts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def add_draft(self, articles: Sequence[DraftArticle]) -> str:
        """Where the answer is lost, a second try leaves a draft too many: harmless."""
        return self._text("draft/add", "media_id", {"articles": [_as_sent(article) for article in articles]})

    def find_draft(self, media_id: str) -> list[DraftArticle] | None:
        try:
            answer = self._client.call("draft/get", {"media_id": media_id})
        except PlatformError as error:
            if error.code == _NO_DRAFT:
                return None
            raise self._meaning(error) from None
        return [_as_read(item) for item in _items(answer.get("news_item"))]

    def delete_draft(self, media_id: str) -> None:
        """A draft that is not there any more is deleted."""
        try:
            self._client.call("draft/delete", {"media_id": media_id})
        except PlatformError as error:
            if error.code != _NO_DRAFT:
                raise self._meaning(error) from None

    # ── publishing: on the net, in nobody's phone ─────────────────────────────────────────────────────────────────────

    def submit_publish(self, media_id: str) -> str:
        return self._text("freepublish/submit", "publish_id", {"media_id": media_id}, is_once_only=True)

    def publish_outcome(self, publish_id: str) -> Outcome:
        answer = self._call("freepublish/get", {"publish_id": publish_id})
        status, sentence = _PUBLISH.get(_number(answer.get("publish_status")), ("running", ""))
        detail = answer.get("article_detail")
        items = sorted(
            _items(detail.get("item") if isinstance(detail, dict) else None), key=lambda item: _number(item.get("idx"))
        )
        urls = [str(item.get("article_url", "")) for item in items]
        return Outcome(status, sentence, str(answer.get("article_id", "")), urls, answer)

    def list_published(self, count: int = _PAGE) -> list[Published]:
        found: list[Published] = []
        while len(found) < count:
            wanted = {"offset": len(found), "count": min(_PAGE, count - len(found)), "no_content": 1}
            answer = self._call("freepublish/batchget", wanted)
            page = [_as_published(item) for item in _items(answer.get("item"))]
            found += page
            if not page or len(found) >= _number(answer.get("total_count")):
                break
        return found

    def delete_published(self, article_id: str) -> None:
        """An article that is not there any more is deleted."""
        try:
            self._client.call("freepublish/delete", {"article_id": article_id, "index": 0})
        except PlatformError as error:
            if error.code != _NOT_PUBLISHED:
                raise self._meaning(error) from None

    # ── mass sends: into followers' phones ────────────────────────────────────────────────────────────────────────────

    def send_mass(self, media_id: str, audience: Mapping[str, Any], client_msg_id: str) -> tuple[str, str]:
        if not client_msg_id or len(client_msg_id) > CLIENT_MSG_ID_CHARACTERS or not client_msg_id.isascii():
            raise ValueError(f"clientmsgid: 1 to {CLIENT_MSG_ID_CHARACTERS} ASCII characters")
        body = {
            "filter": self._filter(audience),
            "mpnews": {"media_id": media_id},
            "msgtype": "mpnews",
            "send_ignore_reprint": 0,
            "clientmsgid": client_msg_id,
        }
        path = "message/mass/sendall"
        answer = self._call(path, body, is_once_only=True)
        if not _name(answer, "msg_id"):
            raise self._meaning(PlatformError(path, None), is_once_only=True)
        return _name(answer, "msg_id"), _name(answer, "msg_data_id")

    def mass_outcome(self, msg_id: str) -> Outcome:
        answer = self._call("message/mass/get", {"msg_id": msg_id})
        status, sentence = _MASS.get(str(answer.get("msg_status", "")).upper(), ("running", ""))
        return Outcome(status, sentence, raw=answer)

    def delete_mass(self, msg_id: str) -> None:
        """All articles. What lies on phones stays there and opens nothing any more."""
        self._call("message/mass/delete", {"msg_id": _as_number(msg_id)})

    def preview(self, media_id: str, wechat_name: str) -> None:
        body = {"towxname": wechat_name, "mpnews": {"media_id": media_id}, "msgtype": "mpnews"}
        self._call("message/mass/preview", body)

    # ── followers ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def tags(self) -> dict[str, int]:
        answer = self._call("tags/get", method="get")
        return {str(tag["name"]): _number(tag.get("id")) for tag in _items(answer.get("tags")) if tag.get("name")}

    def count_followers(self) -> int:
        return _number(self._call("user/get", method="get").get("total"))

    def statistics(self, name: str, begin: date, end: date) -> list[dict[str, Any]]:
        """Asked in as many calls as the interface's span needs. Rows of the older interface, which have other fields,
        where the account has no right to the current one. Rows that WeChat will still change have `is_delay`.
        """
        try:
            return self._rows(name, begin, end)
        except Never as refused:
            if refused.code != _NO_RIGHT or name not in _OLDER:
                raise
        return self._rows(_OLDER[name], begin, end)

    def _rows(self, name: str, begin: date, end: date) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        step = timedelta(days=_SPANS.get(name, 1))
        while begin <= end:
            last = min(end, begin + step - timedelta(days=1))
            days = {"begin_date": begin.isoformat(), "end_date": last.isoformat()}
            answer = self._call(f"/datacube/{name}", days)
            found = _items(answer.get("list"))
            if answer.get("is_delay"):  # said of the whole answer; also of one without rows
                found = [{**row, "is_delay": True} for row in found or [{"ref_date": begin.isoformat()}]]
            rows += found
            begin = last + timedelta(days=1)
        return rows

    def send_to_citizen(self, receiver: str, text: str) -> None:
        body = {"touser": receiver, "msgtype": "text", "text": {"content": text}}
        self._call("message/custom/send", body, is_once_only=True)

    # ── how it is asked ───────────────────────────────────────────────────────────────────────────────────────────────

    def _call(
        self, path: str, data: Mapping[str, Any] | None = None, is_once_only: bool = False, **more: Any
    ) -> dict[str, Any]:
        try:
            return self._client.call(path, data, is_once_only=is_once_only, **more)
        except PlatformError as error:
            raise self._meaning(error, is_once_only) from None

    def _text(
        self, path: str, field: str, data: Mapping[str, Any] | None = None, is_once_only: bool = False, **more: Any
    ) -> str:
        """The field of the answer that the call was made for; an answer without it is no answer."""
        answer = self._call(path, data, is_once_only, **more)
        if name := _name(answer, field):
            return name
        raise self._meaning(PlatformError(path, None), is_once_only)

    def _meaning(self, error: PlatformError, is_once_only: bool = False) -> Exception:
        return trouble(error, is_once_only=is_once_only, account_type=self._account_type)

    def _filter(self, audience: Mapping[str, Any]) -> dict[str, Any]:
        """To all only where just that is said."""
        if audience.get("all") is True:
            return {"is_to_all": True}
        tag = audience.get("tag")
        number = self.tags().get(tag) if isinstance(tag, str) else None
        if number is None:
            raise Never(f"公众号上没有标签“{tag}”：请重新选择发给谁。", 40152)
        return {"is_to_all": False, "tag_id": number}


def _file(data: bytes, media_type: str) -> Upload:
    return _FILE_NAMES.get(media_type, "picture.jpg"), data, media_type


def _as_sent(article: DraftArticle) -> dict[str, Any]:
    return {
        "article_type": "news",
        "title": article.title,
        "author": article.author,
        "digest": article.digest,
        "content": article.content,
        "content_source_url": article.source_url,
        "thumb_media_id": article.cover_media_id,
        "need_open_comment": 0,
        "only_fans_can_comment": 0,
    }


def _as_read(item: Mapping[str, Any]) -> DraftArticle:
    names = ("title", "author", "digest", "content", "content_source_url", "thumb_media_id")
    return DraftArticle(*(str(item.get(name) or "") for name in names))


def _as_published(item: Mapping[str, Any]) -> Published:
    content = item.get("content")
    articles = _items(content.get("news_item") if isinstance(content, dict) else None)
    there = [article for article in articles if not article.get("is_deleted")]
    return Published(
        article_id=str(item.get("article_id", "")),
        titles=[str(article.get("title", "")) for article in there],
        urls=[str(article.get("url", "")) for article in there],
        at=_number(item.get("update_time")),
    )


def _items(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name(answer: Mapping[str, Any], field: str) -> str:
    value = answer.get(field)
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""


def _number(value: object) -> int:
    """0 where it is no number."""
    try:
        return int(value)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return 0


def _as_number(text: str) -> int | str:
    return int(text) if text.isdecimal() else text

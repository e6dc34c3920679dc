"""The showcase of videos as pages: the list, one video, handing one in, looking after what was handed in. Open to
everybody, without scripts. Votes are given in the chat only: there a citizen is one citizen.

A visitor has no session here. His form carries a ticket of ours that is good for some hours and names this one form, so
that a second delivery changes nothing; what another site sends in his name is refused.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy.orm import Session

from content.phrases import say
from content.store import clock
from handlers import citizens, seals
from handlers.desk import Bureau
from handlers.publicity import entrance, links, showcase, videos
from handlers.publicity.models import AuthorKind, Showcase, Video
from handlers.publicity.videos import NotTaken, Sender, Words

FORM_HOLDS = timedelta(hours=12)
LARGEST_FORM = 32 * 1024
_FORM, _LOOK = "video-form", "video-look"
FIELDS = ("title", "author_kind", "author", "description", "url", "contact")
KINDS = {AuthorKind.UNIT: "单位或集体", AuthorKind.PERSON: "个人", AuthorKind.NOBODY: "不署名"}
STATES = {"submitted": "等待审核", "accepted": "已上架", "returned": "没有通过", "withdrawn": "已撤下"}


def register(blueprint: Blueprint, bureau: Callable[[], Bureau]) -> None:
    pages = _Pages(bureau)
    blueprint.add_url_rule("/videos/", "videos", pages.listed)
    blueprint.add_url_rule("/videos/<int(max=2147483647):video_id>", "video", pages.one)
    blueprint.add_url_rule("/videos/submit", "video_submit", pages.submit, methods=["GET", "POST"])
    blueprint.add_url_rule("/videos/mine", "video_mine", pages.mine, methods=["GET", "POST"])


@dataclass(frozen=True)
class _Pages:
    bureau: Callable[[], Bureau]

    def listed(self) -> str:
        """Of the newest showcase, or with `of` of an earlier one."""
        by_votes = request.args.get("by") == "votes"
        with self.bureau().database.reading() as session:
            every = showcase.all_showcases(session)
            held = _chosen(every)
            found = showcase.shown(session, held.id, by_votes=by_votes) if held else []
        sites = entrance.sites(self.bureau())
        return render_template(
            "videos.html", held=held, found=found, by_votes=by_votes, site_of=lambda url: _site_name(url, sites),
            others=[one for one in every if held and one.id != held.id], is_newest=held in every[:1], **_phases(held),
        )  # fmt: skip

    def one(self, video_id: int) -> str:
        with self.bureau().database.reading() as session:
            video = showcase.find_shown(session, video_id) or abort(404)
            held = showcase.get_showcase(session, video.showcase_id)
        site = _site_name(video.url, entrance.sites(self.bureau()))
        return render_template("video.html", video=video, held=held, site=site, **_phases(held))

    # ── handing in ────────────────────────────────────────────────────────────────────────────────────────────────────

    def submit(self) -> Any:
        with self.bureau().database.reading() as session:
            held = showcase.find_current(session)
        if request.method == "GET" or held is None:
            return self._form(held, {}, {}, 200 if request.method == "GET" else 409)
        typed = _typed()
        try:
            code = self._taken(typed)
        except NotTaken as refused:
            return self._form(held, typed, refused.problems, 409 if "" in refused.problems else 422)
        return render_template("video_thanks.html", code=_grouped(code), held=held)

    def _taken(self, typed: dict[str, str]) -> str:
        """The receipt's code. Raises NotTaken."""
        now = self.bureau()
        form = _read_form(now, _FORM)
        words = Words.of(*(typed[field] for field in FIELDS[:5]))
        told = videos.problems(words, entrance.sites(now), typed["contact"])
        if words.author_kind is AuthorKind.PERSON and not typed["consent"]:
            told["consent"] = say("video_consent_missing")
        if not typed["agree"]:
            told["agree"] = say("video_agree_missing")
        if told:
            raise NotTaken(told)
        with now.database.transaction() as session:
            sender = Sender(typed["contact"], request.remote_addr or "", _citizen(session, now, typed["from"]))
            return videos.hand_in(session, now.keyring, words, entrance.sites(now), sender, form)

    def _form(self, held: Showcase | None, typed: dict[str, str], told: dict[str, str], status: int) -> Any:
        ticket = self._ticket(_FORM)
        came = typed.get("from") or request.args.get("from", "")[:200]
        names = links.site_names(entrance.sites(self.bureau()))
        page = render_template(
            "video_submit.html", held=held, typed=typed, told=told, ticket=ticket, came=came, sites=names, kinds=KINDS,
            most=videos.MOST, **_phases(held),
        )  # fmt: skip
        return page, status, {"Cache-Control": "no-store"}

    def _ticket(self, purpose: str) -> str:
        return seals.write(self.bureau().keyring, purpose, secrets.token_hex(12), clock.now() + FORM_HOLDS)

    # ── looking after it ──────────────────────────────────────────────────────────────────────────────────────────────

    def mine(self) -> Any:
        """By the code of the receipt; nothing of it stands in an address."""
        if request.method == "GET":
            return self._mine("", None, "", 200)
        typed = _typed()
        try:
            _read_form(self.bureau(), _LOOK)
        except NotTaken as refused:
            return self._mine(typed["code"], None, str(refused), 409)
        now, is_taken_back, told = self.bureau(), False, ""
        with now.database.transaction() as session:
            video = videos.find_by_code(session, now.keyring, typed["code"])
            if video and typed["act"] == "take_back" and not typed["sure"]:
                told = say("video_sure_missing")
            elif video and typed["act"] == "take_back":
                videos.take_back(session, video)
                video, is_taken_back = None, True
        if is_taken_back:
            return self._mine("", None, "", 200, is_taken_back=True)
        if video is None:
            return self._mine(typed["code"], None, say("video_no_such_code"), 404)
        return self._mine(typed["code"], video, told, 422 if told else 200)

    def _mine(self, code: str, video: Video | None, told: str, status: int, is_taken_back: bool = False) -> Any:
        page = render_template(
            "video_mine.html", code=code, video=video, told=told, ticket=self._ticket(_LOOK), states=STATES,
            is_taken_back=is_taken_back,
        )  # fmt: skip
        return page, status, {"Cache-Control": "no-store"}


def _chosen(every: list[Showcase]) -> Showcase | None:
    wanted = request.args.get("of", "")
    if not wanted:
        return every[0] if every else None
    return next((one for one in every if str(one.id) == wanted), None) or abort(404)


def _phases(held: Showcase | None) -> dict[str, Any]:
    if held is None:
        return {"voting": "never", "collecting": "never", "spoken": entrance.spoken}
    return {"voting": showcase.voting(held), "collecting": showcase.collecting(held), "spoken": entrance.spoken}


def _site_name(url: str, sites: tuple[links.Site, ...]) -> str:
    site = links.find_site(url, sites)
    return site.name if site else ""


def _typed() -> dict[str, str]:
    request.max_content_length = LARGEST_FORM
    names = (*FIELDS, "agree", "consent", "from", "website", "code", "act", "sure")
    return {name: request.form.get(name, "").replace("\0", "")[:2000] for name in names}


def _read_form(bureau: Bureau, purpose: str) -> str:
    """The name of the form that was sent. Raises NotTaken."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise NotTaken({"": say("video_form_elsewhere")})
    if request.form.get("website"):  # no person sees this field
        raise NotTaken({"": say("video_form_trap")})
    form = seals.read(bureau.keyring, purpose, request.form.get("ticket", ""))
    if form is None:
        raise NotTaken({"": say("video_form_stale")})
    return form


def _citizen(session: Session, bureau: Bureau, ticket: str) -> str | None:
    """Whose it is, where he came by the link out of the chat and is known."""
    pseudonym = entrance.who_came(bureau.keyring, ticket)
    return citizens.find_citizen_id(session, pseudonym) if pseudonym else None


def _grouped(code: str) -> str:
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))

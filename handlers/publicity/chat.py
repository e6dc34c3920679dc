"""Articles and videos in the chat. The only file that knows how a list of them is drawn and what a tap says."""

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from content import render
from content.phrases import say
from content.repository import ArticleCard
from content.store import clock
from handlers import answers, citizens, receipts
from handlers.desk import Bureau, Desk
from handlers.message import Incoming, Reply
from handlers.publicity import asking, entrance, latest, links, showcase, votes
from handlers.publicity.asking import Asked
from handlers.publicity.models import Showcase, Video
from handlers.publicity.showcase import Phase

ARTICLES = "publicity/articles"
VIDEOS = "publicity/videos"
A_PAGE = 4
"""Videos in one message: so many fit with their taps, however long their titles are."""
LONGEST_LINK = 110
"""Bytes of an address that stands in the list; for a longer one our own page of that video does."""
LAST_DIGIT = 9
_VOTING = {
    Phase.NEVER: "videos_votes_never", Phase.BEFORE: "videos_votes_before", Phase.OPEN: "videos_votes_open",
    Phase.OVER: "videos_votes_over",
}  # fmt: skip
_NO_COLLECTING = {
    Phase.NEVER: "videos_submit_never", Phase.BEFORE: "videos_collects_before", Phase.OVER: "videos_submit_over",
}  # fmt: skip


def articles(incoming: Incoming, desk: Desk) -> Reply:
    """Articles on the words asked, else the latest ones, with what is said on the topic."""
    bureau = desk.bureau
    if not len(bureau.articles):
        return answers.answer(desk, ARTICLES)
    is_found, cards = latest.meant(bureau, incoming.text)
    head = say("articles_found" if is_found else "articles_latest")
    return Reply(text=render.chat(head, [_line(card, bureau.public_url) for card in cards]))


def _line(card: ArticleCard, public_url: str) -> str:
    url = card.source_url or (f"{public_url}/h/articles/{render.path(card.slug)}" if public_url else "")
    return f"· {render.link(card.title, url)}" if url else f"· {render.harmless(card.title)}"


# ── videos ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def videos(incoming: Incoming, desk: Desk) -> Reply:
    """A vote, one video, how to hand one in, or the list; without a showcase what is said on the topic."""
    asked = asking.read(incoming.text)
    with desk.bureau.database.reading() as session:
        held = showcase.find_current(session)
        if held is None:
            return answers.answer(desk, VIDEOS)
        if asked.is_submission:
            return _how_to_hand_in(incoming, desk, held)
        if not asked.is_vote:
            found = showcase.find_numbered(session, held.id, asked.number) if asked.number else None
            return _one(desk.bureau, held, found) if found else _list(session, desk.bureau, held, asked)
    act = partial(_vote, desk=desk, showcase_id=held.id, number=asked.number or 0)
    return receipts.once(desk.bureau.database, incoming.key, act)


def _vote(session: Session, desk: Desk, showcase_id: int, number: int) -> Reply:
    held = showcase.get_showcase(session, showcase_id)
    participant = citizens.participant_of(desk.bureau.keyring, desk.openid, f"videos-{held.id}")
    try:
        found = votes.vote(session, held, participant, number)
    except votes.Closed:
        return Reply(text=render.chat(_voting(held), [_by_votes_tap()]))
    except votes.HasVoted as voted:
        told = say("video_has_voted", number=voted.number, title=render.harmless(voted.title))
        return Reply(text=render.chat(told, [_by_votes_tap()]))
    except votes.NoSuchVideo:
        return _list(session, desk.bureau, held, Asked(), say("video_no_such_number", number=number))
    told = say("video_voted", number=number, title=render.harmless(found.title), votes=found.votes)
    return Reply(text=render.chat(told, [_by_votes_tap()]))


def _list(session: Session, bureau: Bureau, held: Showcase, asked: Asked, before: str = "") -> Reply:
    found = showcase.shown(session, held.id, by_votes=asked.by_votes)
    if not found:
        head, listed = say("videos_none_yet", title=render.harmless(held.title)), []
    else:
        pages = -(-len(found) // A_PAGE)
        page = min(max(asked.page, 1), pages)
        listed = found[(page - 1) * A_PAGE : page * A_PAGE]
        head = say("videos_head_by_votes" if asked.by_votes else "videos_head", title=held.title, count=len(found))
        head = render.harmless(head) + (say("videos_page", page=page, pages=pages) if pages > 1 else "")
    lines = [line for video in listed for line in _lines(bureau, held, video)]
    if found and page < pages:
        following = say("videos_next_page_by_votes" if asked.by_votes else "videos_next_page", page=page + 1)
        lines.append(render.choice(say("videos_next_label"), following, 99))
    elif len(found) > 1 and not asked.by_votes:
        lines.append(_by_votes_tap())
    lines += _advice(bureau)
    told = "\n".join(part for part in (before, head, _voting(held), _collecting(held)) if part)
    return Reply(text=render.chat(told, lines), choices=_choices(held, listed))


def _lines(bureau: Bureau, held: Showcase, video: Video) -> list[str]:
    label = say("videos_line", number=video.number, title=video.title, votes=video.votes)
    page = entrance.page_of(bureau.public_url, video.id)
    url = video.url if len(video.url.encode()) <= LONGEST_LINK or not page else page
    lines = [render.link(label, url)]
    if showcase.voting(held) is Phase.OPEN:
        lines.append(_vote_tap(video))
    return lines


def _one(bureau: Bureau, held: Showcase, video: Video) -> Reply:
    author = video.author or say("videos_anonymous")
    told = say("videos_one", number=video.number, title=video.title, author=author, description=video.description)
    lines = [render.link(say("videos_watch", title=video.title), video.url)]
    if showcase.voting(held) is Phase.OPEN:
        lines.append(_vote_tap(video))
    return Reply(text=render.chat(f"{render.harmless(told)}\n{_voting(held)}", lines), choices=_choices(held, [video]))


def _choices(held: Showcase, listed: list[Video]) -> tuple[str, ...]:
    """A digit alone means the video of that number: a vote where it stands in the list, else only a look at it."""
    digits = {video.number or 0 for video in listed if (video.number or 0) <= LAST_DIGIT}
    if showcase.voting(held) is not Phase.OPEN or not digits:
        return ()
    return tuple(
        say("videos_vote_says" if number in digits else "videos_show_says", number=number)
        for number in range(1, max(digits) + 1)
    )


def _how_to_hand_in(incoming: Incoming, desk: Desk, held: Showcase) -> Reply:
    phase = showcase.collecting(held)
    if phase is not Phase.OPEN:
        key = {Phase.BEFORE: "videos_collects_before", Phase.OVER: "videos_submit_over"}.get(
            phase, "videos_submit_never"
        )
        told = say("videos_submit_closed", when=say(key, **_times(held.collects_from, held.collects_until)))
        return Reply(text=render.chat(told, [_by_votes_tap()]))
    if not desk.bureau.public_url:
        return Reply(text=say("videos_submit_offline"))
    sites = "、".join(links.site_names(entrance.sites(desk.bureau)))
    told = say("videos_submit_told", sites=sites, **_times(held.collects_from, held.collects_until))
    url = entrance.form_url(desk.bureau, desk.citizen, clock.from_timestamp(incoming.at))
    return Reply(text=render.chat(told, [render.link(say("videos_submit_label"), url), *_advice(desk.bureau)]))


def _advice(bureau: Bureau) -> list[str]:
    """What is asked beside: lengths, music, children, one's own picture."""
    if not bureau.public_url:
        return []
    return [render.link(say("videos_advice_label"), answers.page_url(bureau.public_url, VIDEOS))]


def _voting(held: Showcase) -> str:
    return say(_VOTING[showcase.voting(held)], **_times(held.votes_from, held.votes_until))


def _collecting(held: Showcase) -> str:
    phase = showcase.collecting(held)
    if phase is not Phase.OPEN:
        return ""
    return say("videos_collects_open", **_times(held.collects_from, held.collects_until))


def _times(since: datetime | None, until: datetime | None) -> dict[str, str]:
    return {"since": entrance.spoken(since), "until": entrance.spoken(until)}


def _by_votes_tap() -> str:
    return render.choice(say("videos_by_votes_label"), say("videos_by_votes"), 99)


def _vote_tap(video: Video) -> str:
    number = video.number or 0
    return render.choice(say("videos_vote_label", number=number), say("videos_vote_says", number=number), number)

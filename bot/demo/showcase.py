"""The demonstration's showcase of videos: three that are shown and one that waits. Every title says that it is a
demonstration, and the addresses are placeholders behind which there is no film.
"""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.officials import NAMES
from content.staff import Role
from content.store import clock
from handlers.publicity import links, moderation, showcase
from handlers.publicity.models import Showcase, Video
from handlers.publicity.showcase import Times
from handlers.publicity.videos import Words

WRITER, CAMPAIGNER, REVIEWER = NAMES[Role.WRITE], NAMES[Role.CAMPAIGNS], NAMES[Role.REVIEW2]
TITLE = "演示：“我与宪法”微视频展播"
OPEN_FOR, AT_LEAST = timedelta(days=14), timedelta(days=1)
SHOWN = (
    ("演示：开学第一课讲宪法", "演示学校", "演示条目，网址是占位的。讲孩子们怎样在课堂上认识宪法和国旗。"),
    ("演示：村口的宪法广播", "演示村委会", "演示条目，网址是占位的。讲大喇叭里的三分钟普法。"),
    ("演示：我宣誓那天", "演示单位", "演示条目，网址是占位的。讲宪法宣誓这件事。"),
)
WAITING = ("演示：等着审核的作品", "演示社区", "演示条目，网址是占位的。请在控制台“视频”里看过，通过或者退回。")


def seed(session: Session, uploads: Path) -> None:
    """Adds what is lacking and keeps the showcase open; safe to repeat."""
    held = showcase.find_current(session)
    if held is None:
        held = showcase.put_on(session, TITLE, _times(), CAMPAIGNER)
    elif held.title == TITLE and held.votes_until and held.votes_until < clock.now() + AT_LEAST:
        showcase.change(session, held.id, TITLE, _times(held), CAMPAIGNER)
    if session.scalar(select(Video.id).limit(1)) is None:
        for place, (title, author, description) in enumerate((*SHOWN, WAITING), start=1):
            url = f"https://v.qq.com/x/page/demo-placeholder-{place}.html"
            words = Words.of(title, "unit", author, description, url)
            video = moderation.enter(session, words, links.listed(), WRITER, consents=False)
            if place <= len(SHOWN):
                moderation.accept(session, video.id, video.version, REVIEWER, uploads, links.listed())


def _times(held: Showcase | None = None) -> Times:
    now = clock.now().replace(second=0, microsecond=0)
    since, until = (held.votes_from or now) if held else now, now + OPEN_FOR
    return Times(since, until, since, until)

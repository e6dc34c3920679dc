"""A plain cover for articles that bring none: WeChat wants one of every article. Quiet colours, no words, no emblem."""

import io
from functools import cache

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 900, 383
_PAPER, _BAR, _LINE = "#f4efe6", "#9b2226", "#d9c9b0"


@cache
def plain_cover() -> bytes:
    """Always the same bytes, so that it is stored and uploaded once."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 24, HEIGHT), fill=_BAR)
    for place in range(96, HEIGHT - 60, 48):
        pen.rectangle((120, place, WIDTH - 120, place + 3), fill=_LINE)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()

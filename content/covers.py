"""Covers: a picture cut to the shape in which WeChat shows the first article, and a plain one for articles that bring
none, since WeChat wants one of every article. Quiet colours, no words, no emblem.
"""

import io
from functools import cache

from PIL import Image, ImageDraw

from content.pictures import fit

WIDTH, HEIGHT = 900, 383
"""2.35 : 1; elsewhere WeChat shows the square in the middle."""
MIDDLE = 50
_ALMOST = 0.02
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


def cut(data: bytes, at: int = MIDDLE) -> bytes:
    """The largest piece in that shape, `at` percent of the way along the side that is too long. Raises BadPicture."""
    stored, media_type, (width, height) = fit(data)
    wanted, is_now = WIDTH / HEIGHT, width / height
    if abs(is_now - wanted) < _ALMOST:
        return stored
    wide, high = (round(height * wanted), height) if is_now > wanted else (width, max(1, round(width / wanted)))
    left, top = ((width - wide) * at // 100, (height - high) * at // 100)
    out = io.BytesIO()
    with Image.open(io.BytesIO(stored)) as picture:
        piece = picture.crop((left, top, left + wide, top + high))
        piece.save(out, "PNG" if media_type == "image/png" else "JPEG", icc_profile=picture.info.get("icc_profile"))
    return out.getvalue()

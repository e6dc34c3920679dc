"""Pictures of articles: made into what WeChat takes and kept once, under the digest of their stored bytes.

What is stored is always a JPEG or PNG below the limit of an article's body, upright, without what cameras write beside
the picture. A picture that already is all that is kept byte for byte, so that storing what was stored changes nothing.
Never fetches a picture from the net and never trusts a file's name.
"""

import hashlib
import io
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps
from sqlalchemy.orm import Session

from content.models import Attachment
from content.picture_files import is_plain
from content.store import clock
from content.store.db import take_turns

ADDRESS = re.compile(r"/h/pictures/([0-9a-f]{64})\.(jpg|png)")
DIGEST = re.compile(r"[0-9a-f]{64}")
BODY_BYTES = 1_000_000
"""media/uploadimg takes less than 1 MB."""
COVER_BYTES = 10_000_000
COVER_WIDTH, COVER_HEIGHT = 300, 128
"""Below this a cover of 2.35 : 1 is blurred on a phone."""
MOST_BYTES: Final = 30_000_000
MOST_PIXELS: Final = 60_000_000
"""Of a JPEG, which can be decoded at a fraction of its size."""
MOST_PIXELS_OTHERWISE: Final = 30_000_000
WIDEST, TALLEST = 1600, 12_000
_EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png"}
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
"""How a picture's points may be kept; others, such as print colours, not every phone shows."""
_QUALITIES = (86, 78, 70, 60)
_VECTORS = ((b"\xd7\xcd\xc6\x9a", "WMF"), (b"\x01\x00\x00\x00", "EMF"), (b"\x01\x00\x09\x00", "WMF"))

Image.MAX_IMAGE_PIXELS = None  # we look at the header ourselves, before anything is decoded


class BadPicture(Exception):
    """A picture cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture whose file is kept already; no row says so yet."""

    digest: str
    media_type: str
    width: int
    height: int
    size: int


def add_picture(session: Session, data: bytes, uploads: Path) -> Attachment:
    """Makes it fit and keeps it; the same picture twice is one. Raises BadPicture.

    Takes up to a second for a large photo: many are prepared before the transaction begins, and kept in it.
    """
    return keep(session, prepare(data, uploads))


def prepare(data: bytes, uploads: Path) -> Prepared:
    """Makes it fit and writes its file. Raises BadPicture."""
    stored, media_type, (width, height) = fit(data)
    digest = hashlib.sha256(stored).hexdigest()
    _write(_place(uploads, digest, _EXTENSIONS[media_type]), stored)
    return Prepared(digest, media_type, width, height, len(stored))


def keep(session: Session, prepared: Prepared) -> Attachment:
    take_turns(session, f"picture:{prepared.digest}")
    if found := session.get(Attachment, prepared.digest):
        return found
    made = Attachment(
        digest=prepared.digest, media_type=prepared.media_type, width=prepared.width, height=prepared.height,
        size=prepared.size, created_at=clock.now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def address(picture: Attachment | Prepared) -> str:
    return f"/h/pictures/{picture.digest}.{_EXTENSIONS[picture.media_type]}"


def digest_of(place: str) -> str:
    """Of our address of a picture; empty where the address is not one of ours."""
    found = ADDRESS.fullmatch(place)
    return found[1] if found else ""


def picture_path(uploads: Path, digest: str) -> Path | None:
    """Where the bytes lie; None where there is no such picture."""
    if not DIGEST.fullmatch(digest):
        return None
    places = (_place(uploads, digest, extension) for extension in _EXTENSIONS.values())
    return next((place for place in places if place.is_file()), None)


def picture_bytes(uploads: Path, digest: str) -> bytes:
    """Raises BadPicture where the file is gone."""
    if path := picture_path(uploads, digest):
        return path.read_bytes()
    raise BadPicture(f"图片 {digest[:8]}… 的文件不见了：请重新上传这张图片。")


def for_body(data: bytes) -> bytes:
    """What media/uploadimg takes. Raises BadPicture."""
    return data if len(data) < BODY_BYTES and is_plain(data) else fit(data)[0]


def for_cover(data: bytes) -> bytes:
    """What the permanent material of a cover takes. Raises BadPicture."""
    return data if len(data) < COVER_BYTES and is_plain(data) else fit(data)[0]


def fit(data: bytes) -> tuple[bytes, str, tuple[int, int]]:
    """Bytes as they are stored, their media type, width and height. Raises BadPicture."""
    image = _open(data)
    try:
        if len(data) < BODY_BYTES and is_plain(data) and image.mode in _MODES and _scale(image.size) == 1:
            image.load()
            return data, f"image/{str(image.format).lower()}", image.size
        return _compressed(_upright(image))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise BadPicture("图片不完整或已损坏：请换一张，或在电脑上打开后另存一次再上传。") from error


def is_animated(data: bytes) -> bool:
    """It moves, and what is stored of it does not. Decodes nothing."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "WEBP", "GIF")) as image:
            return bool(getattr(image, "is_animated", False))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        return False


def _open(data: bytes) -> Image.Image:
    """Reads the header only. Raises BadPicture."""
    if len(data) > MOST_BYTES:
        raise BadPicture(f"图片有 {len(data) / 1e6:.0f} MB，超过 {MOST_BYTES // 1_000_000} MB：请先压缩。")
    for start, name in _VECTORS:
        if data.startswith(start):
            raise BadPicture(f"这是 {name} 格式的矢量图，微信不能显示：请在 Word 里右键点图，另存为 PNG 图片再插入。")
    try:
        image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF"))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise BadPicture("这不是可用的图片：请用 JPG、PNG、WebP 或 GIF 格式。") from error
    most = MOST_PIXELS if image.format == "JPEG" else MOST_PIXELS_OTHERWISE
    if image.width * image.height > most:
        size = f"{image.width}×{image.height}"
        raise BadPicture(f"图片太大（{size}，超过 {most // 1_000_000} 百万像素）：请先缩小到宽 {WIDEST} 像素左右。")
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Decoded, turned as the camera meant it, no larger than shown, in RGB or with its transparency."""
    if image.format == "JPEG":
        scale = min(1.0, _scale(image.size), _scale((image.height, image.width)))
        image.draft("RGB", (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
    profile = image.info.get("icc_profile") if image.mode in ("RGB", "RGBA") else None
    image.load()
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    turned = ImageOps.exif_transpose(image)
    has_alpha = turned.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in turned.info
    plain = turned.convert("RGBA" if has_alpha else "RGB")
    if (scale := _scale(plain.size)) < 1:
        plain = _scaled(plain, scale)
    plain.info = {"icc_profile": profile} if profile and len(profile) < 64_000 else {}
    if has_alpha and plain.getchannel("A").getextrema() == (255, 255):
        plain = _without_alpha(plain)
    return plain


def _compressed(image: Image.Image) -> tuple[bytes, str, tuple[int, int]]:
    """Drawings stay PNG while they fit; everything else is a JPEG."""
    if image.mode == "RGBA" or image.getcolors(256):
        drawn = _saved(image, "PNG")
        if len(drawn) < BODY_BYTES:
            return drawn, "image/png", image.size
    image = _without_alpha(image)
    while True:
        for quality in _QUALITIES:
            drawn = _saved(image, "JPEG", quality=quality)
            if len(drawn) < BODY_BYTES:
                return drawn, "image/jpeg", image.size
        image = _scaled(image, 0.75)


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, icc_profile=image.info.get("icc_profile"), **how)
    return out.getvalue()


def _without_alpha(image: Image.Image) -> Image.Image:
    """On white paper."""
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    paper.info = dict(image.info)
    return paper


def _scale(size: tuple[int, int]) -> float:
    return min(1.0, WIDEST / size[0], TALLEST / size[1])


def _scaled(image: Image.Image, scale: float) -> Image.Image:
    smaller = image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))),
        Image.Resampling.LANCZOS, reducing_gap=3.0,
    )  # fmt: skip
    smaller.info = dict(image.info)
    return smaller


def _place(uploads: Path, digest: str, extension: str) -> Path:
    return uploads / digest[:2] / f"{digest}.{extension}"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    if path.is_file() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)

"""Pictures of an article: taken in, and cut to a cover's shape. Refusals are a sentence with 400."""

from typing import Any

from flask import Blueprint, request

from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import covers, pictures
from content.pictures import BadPicture, Prepared
from content.staff import Role

NAVIGATION: tuple[tuple[str, str], ...] = ()
FURTHEST = 100
STILL = "这是会动的图片，只留下了第一幅：发出去不会动。"


def picture_add() -> Any:
    """The address under which the text shows it."""
    file = request.files.get("picture")
    if file is None:
        return {"sentence": "没有收到图片：请再选一次。"}, 400
    data = file.read()
    try:
        prepared = pictures.prepare(data, parts().uploads)
    except BadPicture as refused:
        return {"sentence": str(refused)}, 400
    return {"address": _kept(prepared), "sentence": STILL if pictures.is_animated(data) else ""}


def cover_cut() -> Any:
    """A piece of a picture that was taken in before: `whole` is its address, `at` how far along its longer side."""
    digest, at = pictures.digest_of(request.form.get("whole", "")), request.form.get("at", "")
    place = min(int(at), FURTHEST) if at.isdecimal() and len(at) <= len(str(FURTHEST)) else covers.MIDDLE
    try:
        piece = covers.cut(pictures.picture_bytes(parts().uploads, digest), place)
        return {"address": _kept(pictures.prepare(piece, parts().uploads))}
    except BadPicture as refused:
        return {"sentence": str(refused)}, 400


def _kept(prepared: Prepared) -> str:
    """Made fit already: that takes a while, and nobody waits for it to write."""
    with parts().database.transaction() as session:
        pictures.keep(session, prepared)
    return pictures.address(prepared)


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/articles/pictures", picture_add, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/articles/covers", cover_cut, {Role.WRITE}, ("POST",))

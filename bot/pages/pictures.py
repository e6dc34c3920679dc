"""Pictures of articles: open to everybody, kept for ever by whoever has seen one, since an address is its content."""

from pathlib import Path

from flask import Blueprint, Response, abort, send_file

from content.pictures import picture_path

_MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
_YEAR = 365 * 24 * 3600


def register(blueprint: Blueprint, uploads: Path) -> None:
    @blueprint.get("/pictures/<digest>.<any(jpg, png):extension>")
    def picture(digest: str, extension: str) -> Response:
        path = picture_path(uploads, digest)
        if path is None or path.suffix != f".{extension}":
            abort(404)
        response = send_file(path.resolve(), mimetype=_MEDIA_TYPES[extension], max_age=_YEAR, conditional=True)
        response.cache_control.public = True
        response.cache_control.immutable = True
        return response

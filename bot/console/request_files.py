"""Files that go out with an answer: attached by whoever writes it, looked at by whoever approves it, each on record."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_login import current_user

from bot.console.guard import register as guarded
from bot.console.parts import number, parts
from bot.requests_shown import saved_as
from content import audit, staff
from content.staff import Role
from content.store.keys import KeysUnreadable
from handlers.disclosure import files, requests
from handlers.disclosure.requests import HANDLERS, NotDone

NAVIGATION: tuple[tuple[str, str], ...] = ()
ANCHOR = "files"


def file_add(request_id: int) -> Any:
    given = request.files.get("file")
    data = given.read(files.MOST_BYTES + 1) if given else b""
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            title = (given.filename if given else "") or ""
            files.attach(session, parts().keyring, found, current_user.name, title, data)
    except NotDone as refused:
        flash(str(refused), "danger")
    else:
        flash("已经附上，加密保存。答复批准以后，申请人才能下载。", "success")
    return redirect(url_for("console.request_show", request_id=request_id, _anchor=ANCHOR))


def file_drop(request_id: int) -> Any:
    try:
        with parts().database.transaction() as session:
            found = requests.get_request(session, request_id)
            files.detach(session, found, current_user.name, _chosen())
    except NotDone as refused:
        flash(str(refused), "danger")
    else:
        flash("已经撤下，并且删除。", "success")
    return redirect(url_for("console.request_show", request_id=request_id, _anchor=ANCHOR))


def file_open(request_id: int) -> Response:
    with parts().database.transaction() as session:
        found = requests.get_request(session, request_id)
        staff.require(session, current_user.name, *HANDLERS)
        chosen = files.get_file(session, request_id, _chosen())
        try:
            opened = files.opened(parts().keyring, chosen)
        except KeysUnreadable as error:  # after a restoration without the keys of that time
            raise staff.NotFound("这个文件是用另一把密钥加密的，读不出来：请从原件再附一次。") from error
        audit.record(session, current_user.name, "request.attachment", requests.thing_of(found), file=chosen.id)
    headers = {"Content-Disposition": saved_as(opened.title)}
    return Response(opened.data, mimetype=opened.media_type, headers=headers)


def _chosen() -> int:
    try:
        return number(request.form.get("file", ""))
    except ValueError:
        return 0


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/requests/<int:request_id>/files", file_add, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/files/drop", file_drop, {Role.WRITE}, ("POST",))
    guarded(blueprint, "/requests/<int:request_id>/files/open", file_open, HANDLERS, ("POST",))

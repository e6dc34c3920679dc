"""Who may open what: every view is registered here with its roles, and nothing else of the console can be reached.

The sets are compared with the application's own list of views in `tests/bot/console/test_guard.py`.
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import UserMixin, current_user
from werkzeug.datastructures import MultiDict

from bot.console.parts import parts
from content import staff
from content.staff import NotAllowed, Role

EVERYBODY: frozenset[Role] = frozenset()
"""Open without signing in."""
SIGNED_IN: frozenset[Role] = frozenset(Role)
VIEWS: dict[str, frozenset[Role]] = {}
"""Endpoint → who may open it."""
NEVER_SHOWN = frozenset({"csrf_token", "password", "old", "new", "again", "code"})
BEFORE_A_NEW_PASSWORD = ("console.change_password", "console.sign_out")
BEFORE_A_SECOND_FACTOR = (*BEFORE_A_NEW_PASSWORD, "console.second_factor")


class NotYours(NotAllowed):
    """The person's roles do not open this view."""


View = Callable[..., Any]


class SignedIn(UserMixin):  # type: ignore[misc]
    """Whoever sent this request, as Flask-Login knows him: by the token of his session."""

    def __init__(self, token: str, member: staff.Staff) -> None:
        self.id = token
        self.name, self.shown_name = member.name, member.shown_name
        self.roles = staff.roles_of(member)
        self.must_change_password = member.must_change_password
        self.has_second_factor = bool(member.totp_encrypted)
        rule = parts().config.security_second_factor
        self.must_set_up_second_factor = staff.must_set_up_second_factor(self.roles, self.has_second_factor, rule)

    def may(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))


def load(token: str) -> SignedIn | None:
    """Writes once a minute at most: nearly no page waits for whoever is writing."""
    with parts().database.reading() as session:
        member = staff.find_session(session, token)
        is_due = member is not None and staff.is_sign_of_life_due(session, token)
    if is_due:
        with parts().database.transaction() as session:
            staff.note_sign_of_life(session, token)
    return SignedIn(token, member) if member else None


def register(
    blueprint: Blueprint, rule: str, view: View, roles: Iterable[Role], methods: Iterable[str] = ("GET",)
) -> None:
    """The one way to add a view. One rule, one function; its endpoint is the function's name."""
    allowed = frozenset(roles)
    endpoint = view.__name__
    VIEWS[f"{blueprint.name}.{endpoint}"] = allowed
    blueprint.add_url_rule(rule, endpoint, _guarded(view, allowed), methods=list(methods))


def typed(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """What a person has typed into a form, without secrets."""
    return [(name, words) for name, words in form.items(multi=True) if name not in NEVER_SHOWN]


def _ended() -> Any:
    """To the sign-in; what was sent after a session ended stands there to be sent again, so that nothing is lost."""
    if request.method == "GET" or request.endpoint == "console.sign_out":
        return redirect(url_for("console.sign_in", next=request.full_path if request.method == "GET" else None))
    return render_template("console/ended.html", kept=typed(request.form), files=bool(request.files)), 401


def _guarded(view: View, allowed: frozenset[Role]) -> View:
    if not allowed:
        return view

    @wraps(view)
    def guarded(*arguments: Any, **named: Any) -> Any:
        if not current_user.is_authenticated:
            return _ended()
        if current_user.must_change_password and request.endpoint not in BEFORE_A_NEW_PASSWORD:
            return redirect(url_for("console.change_password"))
        if current_user.must_set_up_second_factor and request.endpoint not in BEFORE_A_SECOND_FACTOR:
            return redirect(url_for("console.second_factor"))
        if not current_user.roles & allowed:
            raise NotYours("您的角色不能打开这一页：需要时请找管理员。")
        return view(*arguments, **named)

    return guarded

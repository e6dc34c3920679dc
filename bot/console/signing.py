"""Signing in and out, one's own password and second factor."""

from typing import Any

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user, login_user, logout_user

from bot.console.guard import EVERYBODY, SIGNED_IN, SignedIn
from bot.console.guard import register as guarded
from bot.console.parts import parts
from content import sign_in as proof
from content import staff

NAVIGATION: tuple[tuple[str, str], ...] = ()


def sign_in() -> Any:
    if request.method == "GET":
        return render_template("console/sign_in.html", demonstration=parts().config.sandbox_enabled)
    form = request.form
    token, member = _open(form.get("name", ""), form.get("password", ""), form.get("code", ""))
    if member is None:
        return render_template("console/sign_in.html", sentence=token, name=form.get("name", "")), 403
    login_user(SignedIn(token, member))
    return redirect(_next(request.args.get("next", "")))


def _open(name: str, password: str, code: str) -> tuple[str, staff.Staff | None]:
    """(token, member), or (the sentence of the refusal, None)."""
    database = parts().database
    try:
        member = proof.sign_in(database, parts().keyring, name.strip(), password, code.strip())
    except proof.Refused as refused:
        return str(refused), None
    with database.transaction() as session:
        return staff.open_session(session, member), member


def _next(path: str) -> str:
    """Only to a page of our own."""
    is_ours = path.startswith("/console/") and "\\" not in path and "//" not in path
    return path if is_ours else url_for("console.today")


def sign_out() -> Any:
    with parts().database.transaction() as session:
        staff.end_session(session, current_user.get_id())
    logout_user()
    return redirect(url_for("console.sign_in"))


def change_password() -> Any:
    if request.method == "POST":
        form = request.form
        if form.get("new", "") != form.get("again", ""):
            raise proof.Refused("两次输入的新密码不一样：请再输一次。")
        proof.change_password(parts().database, current_user.name, form.get("old", ""), form.get("new", ""))
        with parts().database.transaction() as session:
            member = staff.get_staff(session, current_user.name)
            login_user(SignedIn(staff.open_session(session, member), member))
        flash("密码已经改好；其他地方的登录都已退出。", "success")
        return redirect(url_for("console.today"))
    return render_template("console/password.html")


def second_factor() -> Any:
    """Shows the secret as a QR code; a first code from the phone and the password switch it on: whoever finds an open
    session must not bind his own phone.
    """
    keyring = parts().keyring
    if request.method == "POST":
        proof.prove(parts().database, current_user.name, request.form.get("password", ""))
        with parts().database.transaction() as session:
            member = staff.get_staff(session, current_user.name)
            proof.confirm_totp(session, keyring, member, request.form.get("code", "").strip())
        flash("动态码已启用：下次登录时请一并输入。", "success")
        return redirect(url_for("console.today"))
    with parts().database.transaction() as session:
        address = proof.begin_totp(session, keyring, staff.get_staff(session, current_user.name))
    return render_template(
        "console/second_factor.html", address=address, picture=segno.make(address).svg_data_uri(scale=5)
    )


def register(blueprint: Blueprint) -> None:
    guarded(blueprint, "/sign-in", sign_in, EVERYBODY, ("GET", "POST"))
    guarded(blueprint, "/sign-out", sign_out, SIGNED_IN, ("POST",))
    guarded(blueprint, "/password", change_password, SIGNED_IN, ("GET", "POST"))
    guarded(blueprint, "/second-factor", second_factor, SIGNED_IN, ("GET", "POST"))

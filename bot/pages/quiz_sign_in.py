"""Into a campaign without the chat: a service account asks WeChat whose browser it is, and the browser gets the same
sealed link that the chat would have written. Nothing is bound and nothing begins before the tap.
"""

import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request

from bot.pages.quiz_parts import PLACE, get_held, private, told
from bot.wechat.login import Login, NotFollowing, NotTold, SnapshotOnly
from content.store import clock
from content.store.keys import Keyring
from handlers.desk import Bureau
from handlers.quiz import links, register
from handlers.quiz.models import HeldCampaign

HOLDS = timedelta(minutes=10)
_ASKED = "quiz_asked"
_STATE = re.compile(r"([0-9a-f]{16})([0-9a-f]{10})([0-9a-f]{32})", re.ASCII)


def register_pages(blueprint: Blueprint, bureau: Callable[[], Bureau], login: Login) -> None:
    pages = _SignIn(bureau, login)
    blueprint.add_url_rule(f"{PLACE}/sign-in", "quiz_sign_in", pages.leave)
    blueprint.add_url_rule(f"{PLACE}/signed-in", "quiz_signed_in", pages.come_back)


@dataclass(frozen=True)
class _SignIn:
    bureau: Callable[[], Bureau]
    login: Login

    def leave(self, campaign_id: str) -> Any:
        """To WeChat, with a state that only this browser can bring back."""
        now = self.bureau()
        self._held(campaign_id)
        nonce = secrets.token_hex(8)
        back = f"{now.public_url or request.url_root.rstrip('/')}/h/quiz/{campaign_id}/signed-in"
        address = self.login.address(back, write_state(now.keyring, campaign_id, nonce))
        response = private(redirect(address))  # type: ignore[arg-type]
        response.set_cookie(
            _ASKED, nonce, max_age=HOLDS, path=f"/h/quiz/{campaign_id}/", secure=request.is_secure, httponly=True,
            samesite="Lax",
        )  # fmt: skip
        return response

    def come_back(self, campaign_id: str) -> Any:
        now, held = self.bureau(), self._held(campaign_id)
        code, state = request.args.get("code", ""), request.args.get("state", "")
        nonce = read_state(now.keyring, campaign_id, state)
        is_same = nonce is not None and hmac.compare_digest(nonce.encode(), request.cookies.get(_ASKED, "").encode())
        if not is_same or not 0 < len(code) <= 512:
            return told("quiz_page_sign_in_failed", 403, held)
        try:
            openid = self.login.openid_of(code)
        except SnapshotOnly:
            return told("quiz_page_snapshot", 403, held)
        except NotFollowing:
            return told("quiz_page_not_following", 403, held)
        except NotTold:
            return told("quiz_page_sign_in_failed", 403, held)
        return private(redirect(links.page_link(now.keyring, "", campaign_id, openid)))  # type: ignore[arg-type]

    def _held(self, campaign_id: str) -> HeldCampaign:
        """404 also for an exam, into which nobody comes by his account."""
        with self.bureau().database.reading() as session:
            held = get_held(session, campaign_id)
        return held if register.rules_of(held).exam is None else abort(404)


def write_state(keyring: Keyring, campaign_id: str, nonce: str) -> str:
    """Letters and digits alone: WeChat brings back nothing else."""
    until = clock.timestamp() + int(HOLDS.total_seconds())
    return f"{nonce}{until:010x}{_mark(keyring, campaign_id, nonce, until)}"


def read_state(keyring: Keyring, campaign_id: str, state: str) -> str | None:
    """The nonce; None where it is none of ours, of another campaign, or too old."""
    found = _STATE.fullmatch(state)
    if found is None:
        return None
    nonce, until = found[1], int(found[2], 16)
    is_ours = hmac.compare_digest(_mark(keyring, campaign_id, nonce, until), found[3])
    return nonce if is_ours and until > clock.timestamp() else None


def _mark(keyring: Keyring, campaign_id: str, nonce: str, until: int) -> str:
    told_of = f"{campaign_id}.{nonce}.{until}".encode()
    return hmac.digest(keyring.derive("quiz-sign-in"), told_of, "sha256").hex()[:32]

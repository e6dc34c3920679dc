"""The citizen: who follows, since when, what we keep of him and how it is erased. The openid ends here.

Everything behind this file knows a `citizen_id`, a random name that says nothing outside this database. The row
that ties it to an openid holds the openid encrypted and findable by a keyed pseudonym; unfollowing deletes the row,
and with it the tie.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import String, Text, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from content.store import clock
from content.store.db import Base
from content.store.keys import Keyring, KeysUnreadable

PSEUDONYM = "citizen"
_AT_A_TIME = 1000


class Citizen(Base):
    __tablename__ = "citizens"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(32), unique=True)
    openid_encrypted: Mapped[str] = mapped_column(Text)
    scene: Mapped[str] = mapped_column(String(64), default="")
    """The scene of the QR code he came by, if any."""
    is_following: Mapped[bool] = mapped_column(default=False)
    followed_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    told_with: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    """The key of the message with whose reply he was told what we keep; empty before."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody under all the names he has here."""

    keyring: Keyring = field(repr=False)
    openid: str = field(repr=False)
    pseudonym: str
    id: str | None
    """Of a citizen who is known."""

    def in_campaign(self, campaign_id: str) -> str:
        return participant_of(self.keyring, self.openid, campaign_id)


def pseudonym_of(keyring: Keyring, openid: str) -> str:
    """Who this is, for locks, caches and logs, without saying who."""
    return keyring.pseudonym(PSEUDONYM, openid)


def participant_of(keyring: Keyring, openid: str, campaign_id: str) -> str:
    """His name in one campaign, of which nobody can tell who it is, or that it is the same as in another. It outlasts
    his following, so that leaving and coming back gives no further attempts.
    """
    return keyring.pseudonym(f"campaign:{campaign_id}", openid)


def told_of(detail: Mapping[str, str]) -> str:
    """The openid that an event is about where its sender is not the citizen; empty where it names none."""
    return detail.get("OpenID") or detail.get("openid") or ""


def find_citizen_id(session: Session, pseudonym: str) -> str | None:
    return session.scalar(select(Citizen.id).where(Citizen.pseudonym == pseudonym))


def find_person(session: Session, keyring: Keyring, openid: str) -> Person:
    pseudonym = pseudonym_of(keyring, openid)
    return Person(keyring, openid, pseudonym, find_citizen_id(session, pseudonym))


def known_pseudonyms(session: Session) -> list[tuple[str, datetime]]:
    """Everybody's, with the moment since when we know them."""
    return [
        (pseudonym, since) for pseudonym, since in session.execute(select(Citizen.pseudonym, Citizen.first_seen_at))
    ]


def person_under(session: Session, keyring: Keyring, pseudonym: str) -> Person:
    """Of a citizen who is known. Raises KeysUnreadable with another installation's keys."""
    row = session.scalars(select(Citizen).where(Citizen.pseudonym == pseudonym)).one()
    return Person(keyring, keyring.decrypt("openid", row.openid_encrypted), pseudonym, row.id)


def find_in_campaigns(
    session: Session, keyring: Keyring, wanted: Mapping[str, Collection[str]]
) -> dict[tuple[str, str], str]:
    """(campaign, name) → citizen id, of these names by campaign. Nobody is written down under them: everybody known is
    asked in turn. Whoever has left is not found.
    """
    found: dict[tuple[str, str], str] = {}
    everybody = select(Citizen.id, Citizen.openid_encrypted).execution_options(yield_per=_AT_A_TIME)
    for citizen_id, sealed in session.execute(everybody):
        try:
            openid = keyring.decrypt("openid", sealed)
        except KeysUnreadable:
            continue
        for campaign_id, names in wanted.items():
            if (name := participant_of(keyring, openid, campaign_id)) in names:
                found[campaign_id, name] = citizen_id
    return found


def get_or_add_citizen_id(session: Session, keyring: Keyring, openid: str) -> str:
    """His name behind this file; made where he does something durable for the first time."""
    pseudonym = pseudonym_of(keyring, openid)
    if citizen_id := find_citizen_id(session, pseudonym):
        return citizen_id
    citizen = Citizen(
        id=secrets.token_hex(16), pseudonym=pseudonym, openid_encrypted=keyring.encrypt("openid", openid),
        first_seen_at=clock.now(), scene="", is_following=False,
    )  # fmt: skip
    session.add(citizen)
    session.flush()
    return citizen.id


def receiver_of(session: Session, keyring: Keyring, citizen_id: str) -> str:
    """How the platform calls him, for a message that he is owed; empty where the tie is cut. Raises KeysUnreadable."""
    sealed = session.scalar(select(Citizen.openid_encrypted).where(Citizen.id == citizen_id))
    return keyring.decrypt("openid", sealed) if sealed else ""


def follow(session: Session, keyring: Keyring, openid: str, scene: str, message_key: str = "") -> str:
    """`message_key`: of the message with whose reply he is told what we keep."""
    citizen_id = get_or_add_citizen_id(session, keyring, openid)
    session.execute(
        update(Citizen)
        .where(Citizen.id == citizen_id)
        .values(is_following=True, followed_at=clock.now(), scene=scene[:64], told_with=message_key)
    )
    return citizen_id


def note_told(session: Session, pseudonym: str, message_key: str) -> bool:
    """He is told what we keep with the reply to this message; False where another was first."""
    is_untold = (Citizen.pseudonym == pseudonym) & (Citizen.told_with == "")
    told = session.execute(update(Citizen).where(is_untold).values(told_with=message_key).returning(Citizen.id))
    return told.first() is not None


def forget(session: Session, citizen_id: str) -> None:
    """Cuts the tie to the openid. What other slices hold under the id is theirs to erase or to keep."""
    session.execute(delete(Citizen).where(Citizen.id == citizen_id))


def pseudonyms(session: Session, citizen_ids: list[str]) -> list[str]:
    return list(session.scalars(select(Citizen.pseudonym).where(Citizen.id.in_(citizen_ids))).all())

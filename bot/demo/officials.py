"""The demonstration's members of staff: one for each role, visibly made up, with one password of this installation."""

from content import staff
from content.staff import ROLE_NAMES, Role
from content.store.db import Database
from content.store.keys import Keyring

NAMES = {
    Role.WRITE: "demo-write",
    Role.REVIEW1: "demo-review1",
    Role.REVIEW2: "demo-review2",
    Role.PUBLISH: "demo-publish",
    Role.CAMPAIGNS: "demo-campaigns",
    Role.AUDIT: "demo-audit",
    Role.ADMIN: "demo-admin",
}
SECOND_ADMIN = "demo-admin2"  # the bureau's rule wants two
SECOND_CAMPAIGNER = "demo-campaigns2"  # two people type in what a lottery has drawn


def password_of(keyring: Keyring) -> str:
    return "demo-" + keyring.derive("demo-staff").hex()[:8]


def seed(database: Database, keyring: Keyring) -> None:
    """Adds whoever is lacking; safe to repeat."""
    with database.transaction() as session:
        wanted: list[tuple[str, Role]] = [(name, role) for role, name in NAMES.items() if role is not Role.ADMIN]
        wanted += [(SECOND_CAMPAIGNER, Role.CAMPAIGNS)]
        wanted += [(SECOND_ADMIN, Role.ADMIN), (NAMES[Role.ADMIN], Role.ADMIN)]
        for name, role in wanted:
            if staff.find_staff(session, name):
                continue
            by = SECOND_ADMIN if staff.find_staff(session, SECOND_ADMIN) else ""
            shown = f"演示·{ROLE_NAMES[role]}" + ("乙" if name in (SECOND_ADMIN, SECOND_CAMPAIGNER) else "")
            member, _ = staff.add_staff(session, name, shown, [role], by, first_password=password_of(keyring))
            member.must_change_password = False

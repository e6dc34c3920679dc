"""What processing costs where somebody applies far too often: by the item or by the page, never both
(《政府信息公开条例》 article 42; 国办函〔2020〕109号 articles 3–5). Whether a fee is taken at all is the setting
disclosure.fees.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.store import clock, working_days
from content.store.working_days import Overrides
from handlers.disclosure.models import DisclosureRequest, State

FREE_ITEMS, SAME_RATE_UP_TO, STEP, RATE = 10, 30, 10, 100
PAGES: Sequence[tuple[int, int]] = ((30, 0), (100, 10), (200, 20))
"""Up to this page, yuan a page."""
LAST_RATE = 40
LEAST_TIME = 20
"""Working days to pay, from the day after the notice. The notice's own article on it was not at hand in full: nobody is
given less, and a lawyer of the bureau has to compare it.
"""


def of_item(nth: int) -> int:
    """Yuan for the nth item of one applicant in one calendar month, counted from 1."""
    if nth <= FREE_ITEMS:
        return 0
    if nth <= SAME_RATE_UP_TO:
        return RATE
    return RATE * (2 + (nth - SAME_RATE_UP_TO - 1) // STEP)


def of_pages(pages: int) -> int:
    """Yuan for an item that is given in so many pages."""
    total, before = 0, 0
    for up_to, rate in PAGES:
        total += max(min(pages, up_to) - before, 0) * rate
        before = up_to
    return total + max(pages - before, 0) * LAST_RATE


def first_last_day(told_on: date, overrides: Overrides) -> date:
    """The earliest day up to which a fee may be asked for that is asked for on this day."""
    return working_days.add_working_days(told_on, LEAST_TIME, overrides)


def nth_of_month(session: Session, request: DisclosureRequest) -> int:
    """Which application of this applicant it is in the calendar month in which it was handed in."""
    filed_on = clock.in_beijing(request.filed_at).date()
    same = (DisclosureRequest.applicant == request.applicant) & (DisclosureRequest.id <= request.id)
    is_one = DisclosureRequest.state != State.VOID
    begin = clock.midnight(date(filed_on.year, filed_on.month, 1))
    return session.scalar(select(func.count()).where(same, is_one, DisclosureRequest.filed_at >= begin)) or 1

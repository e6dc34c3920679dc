"""report annual: a year's report as a Word file."""

import pytest

from content.store import clock
from scheduler.annual_report import FIRST_YEAR


@pytest.mark.parametrize("years_from_now", [1, 73])
def test_a_year_that_has_not_begun_has_no_report(operator, tmp_path, years_from_now):
    out = tmp_path / "report.docx"
    refused = operator.types("report", "annual", str(clock.today().year + years_from_now), "--out", str(out))
    assert refused.code == 1 and f"请选 {FIRST_YEAR} 年到今年" in refused.err and not out.exists()


def test_this_year_has_one(operator, tmp_path):
    out = tmp_path / "report.docx"
    written = operator.types("report", "annual", str(clock.today().year), "--out", str(out))
    assert written.code == 0 and "待填" in written.out and out.read_bytes()[:2] == b"PK"

"""A day as a calendar file: what any calendar can read back."""

import re
from datetime import UTC, date, datetime

from content import calendar_files
from content.calendar_files import Entry

MADE = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
TITLE = "最后一天：不服民事一审判决，上诉；还有\\别的, 与\n换行" + "很长" * 40
FILE = calendar_files.write(Entry("abc@pufa", date(2026, 12, 31), TITLE, "依据：《民事诉讼法》", 3), MADE)


def _read(file: bytes) -> list[tuple[str, str]]:
    unfolded = file.decode().replace("\r\n ", "")
    plain = {"\\\\": "\\", "\\;": ";", "\\,": ",", "\\n": "\n"}
    return [
        (name, re.sub(r"\\[\\;,n]", lambda found: plain[found[0]], value))
        for name, value in (line.split(":", 1) for line in unfolded.split("\r\n")[:-1])
    ]


def test_lines_end_as_the_standard_has_it_and_are_no_longer_than_75_octets():
    lines = FILE.split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    assert all(line.decode() for line in lines[:-1])  # folded between characters, never inside one


def test_what_was_written_is_read_back():
    told = dict(_read(FILE))
    assert told["SUMMARY"] == TITLE and told["UID"] == "abc@pufa" and told["DTSTAMP"] == "20261126T010203Z"
    assert (told["DTSTART;VALUE=DATE"], told["DTEND;VALUE=DATE"]) == ("20261231", "20270101")


def test_it_reminds_three_days_before_at_nine_in_the_morning():
    names = [name for name, _ in _read(FILE)]
    assert dict(_read(FILE))["TRIGGER"] == "-PT63H" and names.count("BEGIN") == names.count("END") == 3


def test_the_same_day_is_the_same_entry_with_a_later_stamp_only():
    again = calendar_files.write(Entry("abc@pufa", date(2026, 12, 31), TITLE, "依据：《民事诉讼法》", 3), MADE)
    assert again == FILE

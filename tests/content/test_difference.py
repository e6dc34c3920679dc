"""What has changed, as a reviewer reads it."""

from hypothesis import given
from hypothesis import strategies as st

from content.difference import Kind, Line, Part, difference, has_changed


def shape(old: str, new: str) -> list[str]:
    """Each line with its sign; in a changed one [-lost-] and {+gained+}."""
    signs = {Kind.SAME: " ", Kind.ADDED: "+", Kind.REMOVED: "-", Kind.CHANGED: "~"}
    marks = {Kind.SAME: "{}", Kind.ADDED: "{{+{}+}}", Kind.REMOVED: "[-{}-]"}

    def shown(line: Line) -> str:
        is_changed = line.kind is Kind.CHANGED
        return "".join(marks[part.kind].format(part.text) for part in line.parts) if is_changed else line.text

    return [signs[line.kind] + shown(line) for line in difference(old, new)]


def test_equal_texts_have_no_difference():
    assert not has_changed(difference("一。\n\n二。", "一。\n\n二。"))
    assert shape("一。\n\n二。", "一。\n\n\n二。  \n") == [" 一。", " 二。"]


def test_a_changed_paragraph_shows_the_signs_that_changed():
    assert shape("法律援助不收取任何费用。", "法律援助一律不收费用。") == ["~法律援助{+一律+}不收[-取任何-]费用。"]


def test_a_number_that_changed_stands_out():
    assert shape("自2026年12月4日起施行。", "自2026年12月5日起施行。") == ["~自2026年12月[-4-]{+5+}日起施行。"]


def test_new_and_lost_paragraphs_are_whole_lines():
    old, new = "第一段说的是公证。\n第二段说的是援助。\n第三段。", "第一段说的是公证。\n完全另外的一句话。\n第三段。"
    assert shape(old, new) == [" 第一段说的是公证。", "+完全另外的一句话。", "-第二段说的是援助。", " 第三段。"]
    assert shape("", "甲") == ["+甲"]
    assert shape("甲", "") == ["-甲"]


def test_single_equal_signs_between_changes_do_not_break_the_reading():
    (line,) = difference("申请人应当提交身份证明和经济困难说明", "申请人应当交付居民户口本和经济困难说明")
    assert line.kind is Kind.CHANGED
    assert len(line.parts) <= 5


def test_a_very_long_paragraph_is_shown_in_a_moment_as_lost_and_gained():
    lines = difference("甲" * 5000, "甲" * 4999 + "乙")
    assert [line.kind for line in lines] == [Kind.ADDED, Kind.REMOVED]


TEXT = st.lists(st.text("甲乙丙丁。a1 ", max_size=8), max_size=8).map("\n".join)


@given(TEXT, TEXT)
def test_both_texts_can_be_read_from_the_difference(old, new):
    lines = difference(old, new)

    def side(gone: Kind, alone: Kind) -> list[str]:
        return [
            "".join(part.text for part in line.parts if part.kind is not gone)
            for line in lines
            if line.kind is not alone
        ]

    assert side(Kind.ADDED, Kind.ADDED) == [line.rstrip() for line in old.splitlines() if line.strip()]
    assert side(Kind.REMOVED, Kind.REMOVED) == [line.rstrip() for line in new.splitlines() if line.strip()]


def test_a_line_is_its_parts():
    assert Line(Kind.CHANGED, (Part(Kind.SAME, "甲"), Part(Kind.ADDED, "乙"))).text == "甲乙"


def test_a_picture_is_put_in_or_taken_out_whole_and_known_by_its_address():
    one, other = (f"/h/pictures/{sign * 64}.jpg" for sign in "ab")
    lines = difference(f"前\n\n![现场]({one})", f"前\n\n![现场二]({other})")
    assert [(line.kind, line.picture, line.caption) for line in lines[1:]] == [
        (Kind.REMOVED, one, "现场"), (Kind.ADDED, other, "现场二"),
    ]  # fmt: skip
    assert [line.picture for line in difference(one, other)] == [one, other]
    assert not difference("", f"见 ![现场]({one})")[0].picture

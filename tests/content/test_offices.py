import pytest

from content.offices import FIELDS, OfficesUnreadable, fill, load_offices, unfilled

TEXT = """先打12348。

- 地址：{{legal_aid_centre.address}}
- 电话：{{legal_aid_centre.phone}}

{{ bureau.name }}欢迎您。"""
POINTER = "（本局的地址、电话等，请拨打 12348 询问）"


@pytest.fixture
def own(write, tmp_path):
    """The bureau's own file with these lines; what is known then."""

    def _load(lines: str | bytes):
        write("offices.toml", lines)
        return load_offices(tmp_path)

    return _load


def test_the_library_ships_every_place_and_not_one_fact():
    shipped = load_offices()
    assert len(shipped) >= 16
    assert all(fields == {} for fields in shipped.values())


def test_the_bureaus_facts_stand_over_the_librarys(own, tmp_path):
    known = own('[legal_aid_centre]\nphone = " 见大厅公告 "\n')
    assert known["legal_aid_centre"] == {"phone": "见大厅公告"}
    assert known["notary_office"] == {}
    (tmp_path / "offices.toml").unlink()
    assert load_offices(tmp_path) == load_offices()


def test_lines_with_facts_are_filled_in():
    known = {"legal_aid_centre": {"address": "一楼", "phone": "见公告"}, "bureau": {"name": "市司法局"}}
    assert fill(TEXT, known) == "先打12348。\n\n- 地址：一楼\n- 电话：见公告\n\n市司法局欢迎您。"


def test_the_first_line_without_a_fact_points_to_12348_and_the_others_go(own):
    assert fill(TEXT, load_offices()) == f"先打12348。\n\n- {POINTER}\n"
    assert fill(TEXT, own('[legal_aid_centre]\naddress = "一楼"\nphone = ""')) == (
        f"先打12348。\n\n- 地址：一楼\n- {POINTER}\n"
    )


@pytest.mark.parametrize(
    ("line", "marker"),
    [
        ("- 电话：{{x.y}}", "- "),
        ("  * {{x.y}}", "  * "),
        ("3. 电话：{{x.y}}", "3. "),
        ("电话：{{x.y}}", ""),
        ("**电话**：{{x.y}}", ""),
        ("12348或{{x.y}}", ""),
    ],
)
def test_a_list_stays_a_list_and_nothing_else_is_left_of_the_line(line, marker):
    assert fill(line, {}) == marker + POINTER


@pytest.mark.parametrize("line", ["{{bureau}}", "{{bureau.phone", "{{bureau-x.phone}}", "{{ }}", "{{bureau.phone.x}}"])
def test_a_placeholder_written_wrongly_is_never_shown(line):
    assert fill(f"电话：{line}", {"bureau": {"phone": "x"}}) == POINTER


def test_a_line_with_two_placeholders_needs_both():
    assert fill("{{a.phone}} {{b.phone}}", {"a": {"phone": "1"}}) == POINTER
    assert fill("{{a.phone}} {{b.phone}}", {"a": {"phone": "1"}, "b": {"phone": "2"}}) == "1 2"


def test_facts_stand_as_they_were_written_whatever_signs_are_in_them():
    assert fill("{{a.note}}", {"a": {"note": r"周一\1至\g<0>周五"}}) == r"周一\1至\g<0>周五"


def test_what_is_unfilled_is_listed_by_place_and_field():
    assert unfilled(TEXT, {"bureau": {"name": "局"}}) == ["legal_aid_centre.address", "legal_aid_centre.phone"]
    assert unfilled("{{nowhere.phone}}", load_offices()) == ["nowhere.phone"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('[legal_aid_center]\nphone = "1"', "legal_aid_center"),
        ('[bureau]\nfone = "1"', "fone"),
        ('bureau = "x"', "bureau"),
        ("[bureau]\nphone = 12345", "phone"),
        ('[bureau]\nphone = ["1", "2"]', "phone"),
        ('[bureau]\naddress = """一楼\n二楼"""', "address"),
        ("[bureau", "写法有误"),
        ('[bureau]\nphone = "见公告"'.encode("gbk"), "写法有误"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence_that_names_the_place(own, lines, told):
    with pytest.raises(OfficesUnreadable, match=told) as refusal:
        own(lines)
    assert "offices.toml" in str(refusal.value)


def test_a_file_saved_by_windows_is_read(own):
    assert own("\ufeff[bureau]\r\nphone = '见公告'\r\n")["bureau"] == {"phone": "见公告"}


def test_every_field_can_be_filled(own):
    lines = "\n".join(f'{field} = "x"' for field in FIELDS)
    assert set(own(f"[bureau]\n{lines}")["bureau"]) == set(FIELDS)

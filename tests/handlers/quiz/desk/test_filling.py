"""The filled form: limits as the file has them, labels for everything."""

import pytest

from handlers.quiz.campaign import BadCampaign, read_campaign
from handlers.quiz.desk import filling, writing
from handlers.quiz.desk.filling import FIRST, Filled
from handlers.quiz.items import label_of
from tests.handlers.quiz.campaigns import WRITTEN
from tests.handlers.quiz.desk.test_writing import EXAM


def filled(written, field="", typed=""):
    fields, cells, prizes = writing.as_fields(written)
    fields, name = {**FIRST, **fields}, field.partition("_")[2]
    if field.startswith("cell_"):
        cells[0][name] = typed
    elif field.startswith("prize_"):
        prizes[0][name] = typed
    elif field:
        fields[field] = typed
    return Filled(fields, cells, prizes)


@pytest.mark.parametrize("field", filling.LIMITS)
def test_what_is_out_of_a_field_s_limits_is_out_of_the_files(field):
    written = EXAM if field.startswith("exam_") else WRITTEN
    least, most = filling.LIMITS[field]
    for typed in (least - 1, most + 1):
        form = filled(written, field, str(typed))
        assert set(filling.read(form)[1]) == {field + (".0" if field.startswith(("cell_", "prize_")) else "")}
        with pytest.raises(BadCampaign):
            read_campaign(form.written)


def test_every_field_and_every_item_has_a_label():
    items = [*writing.FILE, *(f"draw.{name}" for name in writing.DRAW), *(f"exam.{name}" for name in writing.EXAM)]
    items += [*(f"paper[0].{name}" for name in writing.CELLS), *(f"draw.prizes[2].{name}" for name in writing.PRIZES)]
    assert [item for item in items if label_of(item) == item] == []
    fields = [*filling.LIMITS, *filling.LENGTHS, *sum(filling.NEEDED.values(), ())]
    assert [field for field in fields if filling.label(field) == field] == []


def test_the_row_of_a_fault_is_the_forms_own():
    form = Filled({}, [{}, {"count": "1"}, {}, {"count": "2"}], [{}, {"name": "x"}])
    assert filling.field_of("paper[1].points", form) == "cell_points.3"
    assert filling.field_of("paper.for", form) == "cell_for.1" and filling.field_of("paper", form) == "cell_subject.1"
    assert filling.field_of("draw.prizes[0].count", form) == "prize_count.1"
    assert filling.field_of("draw.prizes", form) == "prize_name.1"
    assert filling.field_of("draw.issue", form) == "draw_issue" and filling.field_of("title", form) == "title"


def test_a_form_that_is_right_promises_what_its_file_does():
    for written in (WRITTEN, EXAM):
        rules, faults = filling.read(Filled(*writing.as_fields(written)))
        assert faults == {} and rules == read_campaign(written)

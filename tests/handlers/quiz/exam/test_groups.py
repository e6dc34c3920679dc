"""An exam in which leading officials get other papers than everybody else, by what the roster says of each."""

import pytest

from content import repository
from content.store import clock
from handlers.quiz import play, rebuilding, register
from handlers.quiz.campaign import BadCampaign, read_campaign
from handlers.quiz.desk import looking, writing
from handlers.quiz.editions import shuffling
from handlers.quiz.editions.shuffling import NotPrinted
from handlers.quiz.models import HeldCampaign
from tests.handlers.quiz.exams import EXAM, NOW

PART = '\n[[paper]]\nsubject = "{subject}"\ncount = {count}\npoints = {points}\nfor = "{group}"\n'


def rules(*parts: str, written: str = EXAM) -> str:
    return written.replace("\n[exam]", "".join(parts) + "\n[exam]", 1).replace("points = 50", "points = 20", 1)


LEADING = PART.format(subject="labour", count=3, points=20, group="领导干部")
OTHERS = PART.format(subject="network", count=3, points=20, group="其他人员")
GROUPED = rules(LEADING, OTHERS)


@pytest.fixture
def grouped(exam):
    exam.session.get_one(HeldCampaign, exam.held.id).rules = GROUPED
    return exam


def test_each_gets_the_paper_of_his_group_and_it_is_drawn_again_as_it_was(grouped):
    bank = repository.questions_by_key(grouped.session)
    with clock.fixed_at(NOW):
        papers = {
            number: play.begin_paper(grouped.session, grouped.held, grouped.person(number).participant, number)
            for number in ("A001", "A002", "A003")
        }
        subjects = {number: sorted({bank[key].subject for key in one.question_keys}) for number, one in papers.items()}
        assert subjects["A001"] == ["constitution", "labour"]
        assert subjects["A002"] == subjects["A003"] == ["constitution", "network"]
        for played in papers.values():
            assert (len(played.question_keys), sum(played.points)) == (5, 100)
            assert rebuilding.rebuild(grouped.session, grouped.held, played).is_same


def test_all_papers_weigh_the_same_and_staff_see_whose_they_are(grouped):
    read = read_campaign(GROUPED)
    assert (read.questions, read.full_marks) == (5, 100)
    bank = repository.questions(grouped.session)
    assert [row.cell.group for row in looking.rows(bank, read)] == ["", "领导干部", "其他人员"]
    assert 0 < looking.expected(bank, read).least < 100
    fields, cells, prizes = writing.as_fields(GROUPED)
    assert read_campaign(writing.as_toml(fields, cells, prizes)).paper == read.paper


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (rules(LEADING), "一样重"),
        (rules(LEADING, OTHERS.replace("20", "10")), "3 题 60 分|5 题 70 分"),
        (rules(LEADING.replace("领导干部", "领导"), OTHERS), "没有“领导”这类人"),
        (rules(LEADING, OTHERS).split("[exam]")[0], "只有考试"),
    ],
)
def test_papers_that_differ_in_weight_or_for_nobody_are_refused(written, told):
    with pytest.raises(BadCampaign, match=told):
        read_campaign(written)


def test_such_an_exam_is_not_printed(grouped):
    with pytest.raises(NotPrinted, match="领导干部和其他人员"):
        shuffling.make(grouped.session, register.get_held(grouped.session, grouped.held.id), "organiser")

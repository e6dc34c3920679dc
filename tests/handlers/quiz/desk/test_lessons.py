"""What most people got wrong, as a draft post."""

import pytest
from sqlalchemy import select

from content import articles, audit, proofread
from content.covers import plain_cover
from content.models import Material
from content.pictures import add_picture, address
from content.staff import NotAllowed
from content.store import clock
from handlers.quiz import play
from handlers.quiz.desk import lessons
from handlers.quiz.desk.figures import Share
from handlers.quiz.desk.lessons import Lesson, NoLessons
from handlers.quiz.models import HeldCampaign
from tests.handlers.quiz.holding import CLOSED, RULES, holding


@pytest.fixture
def held(bureau):
    """Fourteen papers, on each the same three questions; the first is answered wrongly by ten, the last by nobody."""
    with holding(bureau, RULES.replace("attempts_a_day = 3", "attempts_a_day = 1")) as made:
        with bureau.database.transaction() as session:
            keys = list(play.begin_paper(session, made, "first", "seed").question_keys)
            for number in range(14):
                played = play.begin_paper(session, made, f"p{number}", f"seed-{number}")
                played.question_keys = keys
                session.flush()
                for place in range(3):
                    question = play.open_question(session, played)
                    other = "A" if question.answer != "A" else "B"
                    is_wrong = (place == 0 and number < 10) or (place == 1 and number < 5)
                    play.answer(session, played, other if is_wrong else question.answer)
        yield made


def test_the_worst_articles_become_a_draft_with_figures_explanation_and_law(bureau, held, tmp_path):
    with clock.fixed_at(CLOSED), bureau.database.transaction() as session:
        play.settle(session, held)
        worst = lessons.worst(session, held)
        assert [lesson.share.percent_wrong for lesson in worst] == [71, 36]
        cover = address(add_picture(session, plain_cover(), tmp_path))
        revision = lessons.save_draft(session, held.id, "campaigner", cover)
        assert "71% 的回答是错的" in revision.body and len(revision.title) <= 32
        for lesson in worst:
            assert lesson.share.question.explanation in revision.body and f". {lesson.basis}" in revision.body
            question = lesson.share.question
            assert question.kind == "judge" or all(
                f"- {letter}. {option}" in revision.body
                for letter, option in zip("ABCD", question.options, strict=False)
            )
        assert (revision.material.published_at, revision.material.current_revision_id) == (None, None)
        assert (revision.written_by, revision.origin) == ("campaigner", "console")
        findings = proofread.inspect(session, revision, tmp_path, is_first=True)
        assert [finding.sentence for finding in findings] == []
        entry = next(entry for entry in audit.entries(session) if entry.act == "quiz.lessons")
        assert entry.detail["article"] == revision.material.slug
        session.rollback()


def test_before_the_end_nothing_is_written_that_would_tell_the_answers(bureau, held):
    with bureau.database.transaction() as session:
        with pytest.raises(NoLessons, match="还没有全部结束"):
            lessons.save_draft(session, held.id, "campaigner", "")
        with pytest.raises(NotAllowed):
            lessons.save_draft(session, held.id, "nobody", "")
        assert session.scalars(select(Material).where(Material.kind == "article")).all() == []
        assert articles.listing(session) == []


def test_of_a_few_papers_nothing_is_made(bureau):
    with holding(bureau) as held, clock.fixed_at(CLOSED), bureau.database.reading() as session:  # noqa: SIM117
        with pytest.raises(NoLessons, match="10 次"):
            lessons.worst(session, held)


def test_a_question_with_several_answers_stands_with_its_options_its_laws_and_the_figure_it_is_ordered_by(bureau):
    question = next(one for one in bureau.questions.values() if one.kind == "multiple" and len(one.basis) > 1)
    with bureau.database.reading() as session:
        lesson = Lesson(question.basis[0], Share(question, 10, 1), 0.6)
        told = lessons.written(session, HeldCampaign(id="none", title="演示"), [lesson])
    assert all(f"- {letter}. {option}" in told for letter, option in zip("ABCDEF", question.options, strict=False))
    assert "60% 的回答是错的" in told and all(basis in told.split("**")[0] for basis in question.basis)
    assert f"{question.answer[0]}. {question.options['ABCDEF'.index(question.answer[0])]}" in told

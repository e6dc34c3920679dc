"""The shipped library itself: every answer, phrase, question and menu entry that a citizen can meet."""

import re
import tomllib
from datetime import timedelta
from itertools import groupby

import pytest

from content import citations, inspection, offices, render, repository
from content.importers.library import read_answer
from content.importers.questions import read_questions
from content.menu import load_menu
from content.phrases import LIBRARY, say
from content.repository import Answer, Shelf
from content.store import clock
from handlers import answers

URL = "https://pufa.a-rather-long-name-of-a-bureau.huludao.gov.example"
TOPICS = repository.topics()
ANSWERS = {
    slug: Answer(slug, wording.title, wording.chat, wording.body, dict(wording.facts or {}))
    for file in sorted((LIBRARY / "answers").rglob("*.md"))
    for slug, wording in [(str(file.relative_to(LIBRARY / "answers").with_suffix("")), read_answer(file))]
}
SHELF = Shelf("1", TOPICS, ANSWERS, {})
QUESTIONS = [question for file in sorted((LIBRARY / "quiz").glob("*.toml")) for question in read_questions(file)]
UNFILLED = offices.load_offices()
FILLED = {place: dict.fromkeys(offices.FIELDS, "葫芦岛市龙港区某某路某某号某某楼一层西侧大厅") for place in UNFILLED}

LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}")
ADDRESS_ON_THE_NET = re.compile(r"https?://|www\.|\[[^\]]*\]\(", re.IGNORECASE)
PLAIN_WORDS = re.compile(r"[\w\s，。：；、？！“”‘’（）《》—…·/.,:;?!()%+~～\-{}]*")
MARKDOWN = re.compile(r"^\s*(?:#|[*-] |>|\|)|\*\*|`", re.MULTILINE)

each_answer = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


def _cited(text: str) -> set[citations.Citation]:
    return set(citations.citations_in(text))


# ── all topics ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_sixty_one_topics_have_an_answer_and_no_answer_is_without_a_topic():
    assert len(TOPICS) == 61
    assert set(ANSWERS) == set(TOPICS)


def test_titles_and_names_lead_to_one_topic_each():
    names = [topic.name for topic in TOPICS.values()]
    titles = [answer.title for answer in ANSWERS.values()]
    assert len(set(names)) == len(names)
    assert len(set(titles)) == len(titles)
    meant = {answer.title: slug for slug, answer in ANSWERS.items()}
    assert all(meant.get(topic.name, slug) == slug for slug, topic in TOPICS.items())


def test_names_can_be_tapped_and_arrive_as_they_are():
    for topic in TOPICS.values():
        assert f"msgmenucontent={topic.name}&" in render.choice(topic.name, topic.name, 1)


# ── each answer ───────────────────────────────────────────────────────────────────────────────────────────────────────


@each_answer
def test_an_answer_has_a_title_a_chat_text_and_a_page(answer):
    assert 0 < len(answer.title) <= 20
    assert answer.chat.splitlines()[0].strip()
    assert answer.body.startswith("## ")
    assert "\n# " not in answer.body  # the page has its first heading already


@each_answer
def test_an_answer_says_who_wrote_it_when_it_was_checked_and_who_should_review_it(answer):
    assert set(answer.facts) == {
        "basis", "related", "checked_on", "review_by", "drafted_by", "reviewed_by", "to_verify",
    }  # fmt: skip
    assert clock.day(answer.facts["checked_on"]) <= clock.today() + timedelta(days=1)
    assert answer.facts["review_by"]
    assert answer.facts["drafted_by"]
    assert all(isinstance(fact, str) and fact for fact in answer.facts["to_verify"])


@each_answer
def test_a_chat_text_is_short_enough_to_be_read(answer):
    assert len(answer.chat) <= inspection.CHAT_CHARACTERS == 330
    assert max(len(line) for line in answer.chat.splitlines()) <= 60


@each_answer
@pytest.mark.parametrize("known", [UNFILLED, FILLED], ids=["unfilled", "filled"])
def test_a_finished_reply_fits_whole_with_all_its_markup_and_a_note_below(answer, known):
    reply = answers.prepare(SHELF, known, URL)[answer.slug]
    assert len(reply.text.encode()) <= render.TEXT_BYTES - render.NOTE_BYTES
    assert reply.text.startswith(offices.fill(answer.chat, known).strip() + "\n\n")  # nothing was cut off
    assert f'<a href="{URL}/h/answers/{answer.slug}">' in reply.text
    assert len(reply.choices) == len(answer.related)
    assert all(f"msgmenucontent={name}&" in reply.text for name in reply.choices)


def test_the_note_that_a_talk_is_still_open_fits_below_any_reply():
    note = "\n\n" + say("still_open", name=max((topic.name for topic in TOPICS.values()), key=len))
    assert len(note.encode()) <= render.NOTE_BYTES


@each_answer
def test_every_citation_is_of_an_article_that_exists_and_stands_in_the_basis(answer):
    named, based = _cited(f"{answer.chat}\n{answer.body}"), _cited("\n".join(answer.facts["basis"]))
    assert [cited for cited in named | based if not citations.is_known(cited)] == []
    assert named == based
    assert len(answer.facts["basis"]) == len(based)  # one article a line, none twice


@each_answer
def test_no_second_article_hides_behind_a_first_one(answer):
    hidden = re.compile(
        r"条[、和及或至到]第?[〇零一二三四五六七八九十百千]+条|第[^条《》]{1,8}[、和至到—-]第?[^条《》]{1,8}条"
    )
    assert hidden.findall(f"{answer.chat}\n{answer.body}") == []


@each_answer
def test_an_answer_leads_on_to_two_to_four_other_topics_that_exist(answer):
    assert 2 <= len(answer.related) <= answers.MOST_CHOICES
    assert set(answer.related) <= set(TOPICS) - {answer.slug}
    assert len(set(answer.related)) == len(answer.related)


@each_answer
def test_a_chat_text_holds_no_long_number_no_address_on_the_net_no_emoji_and_no_markdown(answer):
    assert LONG_NUMBER.findall(answer.chat) == []
    assert ADDRESS_ON_THE_NET.findall(answer.chat) == []
    assert MARKDOWN.findall(answer.chat) == []
    assert PLAIN_WORDS.fullmatch(answer.chat), set(answer.chat) - set(PLAIN_WORDS.sub("", answer.chat))


@each_answer
def test_a_page_invents_no_telephone_number_and_leads_nowhere_else(answer):
    assert LONG_NUMBER.findall(answer.body) == []
    assert ADDRESS_ON_THE_NET.findall(answer.body) == []
    assert "<" not in answer.body


@each_answer
def test_every_placeholder_is_of_a_place_and_a_field_that_exist_and_stands_in_a_line_of_its_own(answer):
    for text in (answer.chat, answer.body):
        assert "{{" not in offices.PLACEHOLDER.sub("", text)
        assert all(place in UNFILLED and field in offices.FIELDS for place, field in offices.PLACEHOLDER.findall(text))
        for line in text.splitlines():
            assert len(offices.PLACEHOLDER.findall(line)) <= 1
            assert not (line.startswith("|") and "{{" in line)  # a dropped line would break the table
    assert len(offices.PLACEHOLDER.findall(answer.chat)) <= 1


@each_answer
def test_without_the_bureaus_facts_a_citizen_sees_no_placeholder_and_still_gets_a_next_step(answer):
    chat, page = offices.fill(answer.chat, UNFILLED), render.page(offices.fill(answer.body, UNFILLED))
    assert "{{" not in chat + page
    assert chat.splitlines()[0] == answer.chat.splitlines()[0]


def test_any_second_wish_offered_first_still_leaves_the_answer_whole():
    for answer in ANSWERS.values():
        for also in TOPICS:
            related = [also, *(topic for topic in answer.related if topic != also)]
            reply = answers._reply(answer, SHELF, UNFILLED, URL, related)
            assert len(reply.text.encode()) <= render.TEXT_BYTES - render.NOTE_BYTES
            assert reply.text.startswith(offices.fill(answer.chat, UNFILLED).strip() + "\n\n")


def test_danger_comes_first_with_the_right_numbers():
    first = ANSWERS["talk/emergency"].chat.split("\n\n")[0]
    assert "110" in first
    assert {"120", "12356"} <= set(re.findall(r"\d+", ANSWERS["talk/emergency"].chat))


@pytest.mark.parametrize("slug", [slug for slug in ANSWERS if slug.startswith(("matter/", "legal-aid/", "service/"))])
def test_who_is_in_need_is_told_whom_to_call(slug):
    assert "12348" in ANSWERS[slug].chat


def test_only_national_numbers_are_given():
    national = {
        "110", "12110", "120", "119", "122", "12345", "12348", "12333", "12338", "12355", "12356", "12315", "12309",
        "12368", "12388", "96110",
    }  # fmt: skip
    for answer in ANSWERS.values():
        called = re.findall(r"(?:拨打?|打|电话|热线)[：:]?\s*(\d{3,})", f"{answer.chat}\n{answer.body}")
        assert set(called) <= national, answer.slug


# ── what an acceptance review found ───────────────────────────────────────────────────────────────────────────────────


def test_the_privacy_answer_did_not_say_who_processes_and_how_to_reach_them():
    found = ANSWERS["talk/privacy"]
    for words in (found.chat, found.body):
        assert "葫芦岛市司法局" in words and "{{bureau.phone}}" in words and "12348" in words


@pytest.mark.parametrize("slug", ["matter/social-benefits", "service/admin-review"])
def test_an_outright_refusal_was_said_to_need_a_review_first(slug):
    found = ANSWERS[slug]
    line = next(line for line in found.body.splitlines() if "《行政复议法实施条例》第三十条" in line)
    assert "明确拒绝" in line and "不算这一种" in line
    assert any("单一来源" in fact for fact in found.facts["to_verify"])


def test_nobody_is_invited_to_look_up_an_article_that_a_new_installation_does_not_hold():
    slugs = ("talk/greeting", "talk/menu", "publicity/constitution-day")
    greetings = [say("welcome"), *(ANSWERS[slug].chat + ANSWERS[slug].body for slug in slugs)]
    quoted = [words for text in greetings for words in re.findall("“([^”]+)”|例如：([^）]+)", text)]
    assert quoted
    assert [words for words in quoted if any(citations.find_lookup(part) for part in words if part)] == []


def test_a_position_is_not_answered_with_the_promise_of_nearest_places():
    assert "最近" not in say("location")


# ── the list of laws ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_law_of_the_list_has_its_facts():
    entries = tomllib.loads((LIBRARY / "laws.toml").read_text(encoding="utf-8"))["law"]
    assert len({entry["short"] for entry in entries}) == len(entries)
    for entry in entries:
        assert set(entry) <= {"short", "title", "version", "effective", "articles", "aliases", "note"}
        assert clock.day(entry["effective"]).year >= 1949
        assert 1 <= entry["articles"] < 10000


# ── the quiz ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_every_question_rests_on_an_article_that_exists_and_fits_a_message(question):
    for text in question.basis:
        assert _cited(text)
        assert all(citations.is_known(cited) for cited in _cited(text))
    if question.subject == "constitution":
        assert {cited.law for text in question.basis for cited in _cited(text)} <= {
            "宪法",
            "宪法修正案",
            "立法法",
            "国旗法",
            "国徽法",
            "国歌法",
            "宪法宣誓决定",
            "法治宣传教育法",
        }
    written = question.text + "".join(question.options) + question.explanation
    assert len(written.encode()) <= 1000
    assert len((question.scenario_text or "").encode()) <= 500
    assert PLAIN_WORDS.fullmatch(question.scenario_text or "")
    assert len(set(question.options)) == len(question.options)
    assert question.explanation
    assert PLAIN_WORDS.fullmatch(written)


def test_a_scenario_has_two_to_four_questions_that_follow_one_another():
    blocks = [
        (story, len(list(asked))) for story, asked in groupby(QUESTIONS, lambda each: (each.subject, each.scenario))
    ]
    stories = [(story, count) for story, count in blocks if story[1]]
    assert len({story for story, _ in stories}) == len(stories)
    assert {count for _, count in stories} <= {2, 3, 4}


def test_there_are_sixty_different_questions_and_no_letter_is_always_right():
    assert len({question.text for question in QUESTIONS}) == len(QUESTIONS) >= 60
    assert len({question.key for question in QUESTIONS}) == len(QUESTIONS)
    single = [question.answer for question in QUESTIONS if question.kind == "single"]
    assert max(single.count(letter) for letter in "ABCD") <= len(single) / 2
    assert {question.kind for question in QUESTIONS} == {"single", "multiple", "judge"}


def test_whoever_always_ticks_the_same_gains_nothing():
    others = [question for question in QUESTIONS if question.subject != "constitution"]
    answers = {kind: [each.answer for each in others if each.kind == kind] for kind in ("single", "judge", "multiple")}
    assert max(answers["single"].count(letter) for letter in "ABCD") <= len(answers["single"]) / 3
    assert 0.4 <= answers["judge"].count("A") / len(answers["judge"]) <= 0.6
    sizes = [len(answer) for answer in answers["multiple"]]
    assert max(sizes.count(size) for size in set(sizes)) <= len(sizes) / 2


def test_a_question_teaches_in_a_sentence_or_two():
    assert [
        each.key for each in QUESTIONS if each.subject != "constitution" and not 30 <= len(each.explanation) <= 90
    ] == []


# ── the menu and the words the library learns from ────────────────────────────────────────────────────────────────────


def test_every_entry_of_the_menu_leads_to_a_topic():
    for top in load_menu()["button"]:
        assert {sub["key"] for sub in top["sub_button"]} <= set(TOPICS)


def test_every_topic_has_words_to_learn_from_and_no_line_is_learnt_for_two():
    learnt: dict[str, str] = {}
    for file in sorted((LIBRARY / "utterances").rglob("*.txt")):
        slug = str(file.relative_to(LIBRARY / "utterances").with_suffix(""))
        for line in filter(str.strip, file.read_text(encoding="utf-8").splitlines()):
            assert learnt.setdefault(line, slug) == slug, line
    assert set(learnt.values()) == set(TOPICS)
    named = {slug for file in (LIBRARY / "synonyms").glob("*.toml") for slug in tomllib.loads(file.read_text("utf-8"))}
    assert named <= set(TOPICS)

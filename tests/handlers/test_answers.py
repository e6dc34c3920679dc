"""A topic's answer, its choices, and what is offered where we are unsure."""

from dataclasses import replace

import pytest
from makers import Somebody

from content.phrases import say
from content.render import NOTE_BYTES, TEXT_BYTES
from handlers import answers
from handlers.understanding import Guess, Understood


def heard_as(bureau, understood) -> Somebody:
    """A citizen whose next words, "这话", are known to mean this."""
    return Somebody(replace(bureau, heard={"这话": understood}))


def test_every_topic_is_answered_within_the_limit_and_with_room_for_a_note(bureau):
    assert set(bureau.replies) == set(bureau.shelf.topics)
    for slug, reply in bureau.replies.items():
        assert reply.text and len(reply.text.encode()) <= TEXT_BYTES - NOTE_BYTES, slug


def test_an_answer_leads_to_its_page_and_to_related_topics(bureau):
    reply = bureau.replies["legal-aid/materials"]
    assert '<a href="https://pufa.example/h/answers/legal-aid/materials">' in reply.text
    related = bureau.shelf.answers["legal-aid/materials"].related
    assert reply.choices == tuple(bureau.shelf.topics[slug].name for slug in related[: answers.MOST_CHOICES])
    assert f"msgmenucontent={reply.choices[0]}&msgmenuid=1" in reply.text


def test_no_answer_shows_a_placeholder(bureau):
    assert not any("{{" in reply.text for reply in bureau.replies.values())


def test_without_a_public_address_an_answer_has_no_link_to_a_page(bureau):
    replies = answers.prepare(bureau.shelf, bureau.offices, "")
    assert not any(
        "http" in reply.text.split("weixin://")[0] for reply in replies.values() if "weixin://" in reply.text
    )


def test_a_second_wish_is_offered_first_below_the_answer(bureau):
    unsure = Understood("matter/wages", 0.9, (Guess("matter/work-injury", 0.09),))
    reply = heard_as(bureau, unsure).says("这话")
    assert reply.text.split("\n")[0] == bureau.replies["matter/wages"].text.split("\n")[0]
    assert reply.choices[0] == "工伤" and len(reply.choices) <= answers.MOST_CHOICES
    assert len(set(reply.choices)) == len(reply.choices)


def test_a_second_topic_that_is_hardly_likely_is_not_offered_first(bureau):
    sure = Understood("matter/wages", 0.9, (Guess("matter/debt", 0.01),))
    assert heard_as(bureau, sure).says("这话") == bureau.replies["matter/wages"]


def test_where_we_are_unsure_the_two_nearest_are_offered_to_tap(bureau):
    unsure = Understood("matter/wages", 0.4, (Guess("matter/debt", 0.35), Guess("matter/fraud", 0.1)))
    somebody = heard_as(bureau, unsure)
    reply = somebody.says("这话")
    assert reply.text.startswith(say("did_you_mean")) and reply.choices == ("拖欠工资", "民间借贷")
    somebody.says("2")
    assert somebody.topic == "matter/debt"


def test_not_understanding_is_never_offered_as_a_choice(bureau):
    unsure = Understood("matter/wages", 0.4, (Guess("talk/unknown", 0.35),))
    assert heard_as(bureau, unsure).says("这话").choices == ("拖欠工资",)
    second = Understood("matter/wages", 0.6, (Guess("talk/unknown", 0.35),))
    assert heard_as(bureau, second).says("这话") == bureau.replies["matter/wages"]


def test_what_was_probably_not_meant_for_us_is_still_offered_as_what_it_may_be(bureau):
    unsure = Understood("talk/unknown", 0.4, (Guess("matter/debt", 0.3), Guess("matter/fraud", 0.01)))
    reply = heard_as(bureau, unsure).says("这话")
    assert reply.text.startswith(say("did_you_mean")) and reply.choices == ("民间借贷",)
    lost = Understood("talk/unknown", 0.4, (Guess("matter/debt", 0.02),))
    assert heard_as(bureau, lost).says("这话") == bureau.replies["talk/unknown"]


@pytest.mark.parametrize("slug", ["quiz/play", "talk/privacy"])
def test_an_unsure_guess_never_starts_anything(bureau, slug, citizen_id):
    somebody = heard_as(bureau, Understood(slug, 0.5, (Guess("matter/debt", 0.3),)))
    somebody.says("这话")
    assert citizen_id(somebody) is None


def test_words_of_a_choice_hold_nothing_that_breaks_a_tap(bureau):
    reply = answers.choices("问", ['甲 & "乙" <丙>#丁%'])
    assert "msgmenucontent=甲乙丙丁&msgmenuid=1" in reply.text and "＜丙＞" in reply.text


def test_titles_and_names_mean_their_topic(bureau):
    for answer in bureau.shelf.answers.values():
        somebody = Somebody(bureau)
        somebody.says(answer.title)
        assert somebody.topic == answer.slug

"""Planning and changing a push: order of articles, the word for everybody, times, and nothing typed is lost."""

import re

import pytest

from content.staff import Role
from scheduler.models import Publication, State
from scheduler.register import items, revisions

AT = {"day": "2026-12-04", "at": "08:00"}


def number_of(page):
    return int(page.request.path.rsplit("/", 1)[1])


def test_planning_gives_a_receipt_with_day_time_and_weekday(writer, wrote, post):
    page = writer.sends("/posts/add", article=wrote(), channel="publish", **AT)
    assert "已送审，排期到 12月4日 08:00（周五）" in page.text
    assert post(number_of(page)).state == State.IN_REVIEW


def test_several_articles_go_out_in_the_order_that_was_typed(writer, wrote, database):
    slugs = [wrote(f"演示第{name}篇") for name in "甲乙丙丁"]
    places = {f"place:{slug}": place for slug, place in zip(slugs, ("3", "", "1", "x"), strict=True)}
    page = writer.sends("/posts/add", {"article": slugs, **places, "channel": "publish", **AT})
    with database.reading() as session:
        assert [one.title[3] for one in revisions(session, number_of(page))] == ["丙", "甲", "乙", "丁"]


@pytest.mark.parametrize("words", [{}, {"to_all": "全部"}, {"to_all": "全部关注者", "tag": "学生"}])
def test_a_mass_send_wants_the_word_typed_or_one_tag_and_keeps_the_form(writer, wrote, words, database):
    page = writer.sends("/posts/add", article=wrote("演示群发稿"), channel="mass", **words, **AT)
    assert page.status_code == 409 and "一字不差地写“全部关注者”" in page.text
    assert "演示群发稿" in page.text and 'value="2026-12-04"' in page.text and 'id="mass" checked' in page.text
    with database.reading() as session:
        assert not items(session, 1)


@pytest.mark.parametrize("words", [{"to_all": "全部关注者"}, {"tag": "学生"}])
def test_who_gets_it_is_kept(writer, wrote, post, words):
    page = writer.sends("/posts/add", article=wrote(), channel="mass", **words, **AT)
    assert post(number_of(page)).audience == ({"tag": "学生"} if "tag" in words else {"all": True})


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"day": "2026-12-01", "at": "08:00"}, "已经过去了"),
        ({"day": "2026-12-04", "at": ""}, "日期或时间不完整"),
        ({"day": "nonsense", "at": "25:99"}, "日期或时间不完整"),
        ({"channel": "telepathy"}, "渠道只能是"),
        ({"article": "no/such"}, "没有这篇文章"),
        ({"article": []}, "1 到 8 篇"),
        ({"late_after": "99999"}, "最多迟多久"),
    ],
)
def test_what_cannot_be_planned_is_told_in_the_form(writer, wrote, form, sentence):
    page = writer.sends("/posts/add", {"article": wrote(), "channel": "publish", **AT, **form})
    assert page.status_code == 409 and sentence in page.text


def test_a_draft_is_not_sent_for_review(writer, wrote, post):
    page = writer.sends("/posts/add", article=wrote(), channel="publish", act="draft", **AT)
    assert post(number_of(page)).state == State.DRAFT and "已存为草稿" in page.text
    page = writer.sends(f"/posts/{number_of(page)}/act", act="submit")
    assert "待审核" in page.text


def test_pushes_close_to_one_another_are_warned_of(writer, wrote, planned):
    planned()
    page = writer.sends("/posts/add", article=wrote("演示另一篇"), channel="publish", day="2026-12-04", at="08:20")
    assert "相隔不到半小时" in page.text


def test_a_change_voids_the_approval_and_the_reviewer_sees_what_moved(writer, reviewer, planned, wrote, post):
    number = planned()
    reviewer.reviews(number, verdict="approve", secrecy="1", opinion="同意")
    assert post(number).state == State.SCHEDULED
    form = writer.opens(f"/posts/{number}/change").text
    slug = re.search(r'name="article" value="([^"]+)"', form)[1]
    assert 'value="08:00"' in form and "不再有效" in form
    page = writer.sends(
        f"/posts/{number}/change", article=slug, channel="mass", tag="学生", day="2026-12-05", at="09:30"
    )
    assert post(number).state == State.DRAFT and "以前的审核不再有效" in page.text
    writer.sends(f"/posts/{number}/act", act="submit")
    seen = reviewer.opens(f"/posts/{number}").text
    assert "排期：12月4日 08:00（周五） → 12月5日 09:30（周六）" in seen
    assert "方式：发布 → 群发" in seen and "发给：不推送 → 标签“学生”" in seen
    assert "内容已改，不再有效" in seen


def test_other_articles_can_be_put_into_a_push(writer, planned, wrote, post):
    number, slug = planned(), wrote("演示换上的一篇")
    writer.sends(f"/posts/{number}/change", article=slug, channel="publish", **AT)
    assert post(number).title == "演示换上的一篇"


def test_what_has_gone_out_cannot_be_changed(writer, planned, database):
    number = planned()
    with database.transaction() as session:
        session.get(Publication, number).state = State.PUBLISHED
    assert "不能再改" in writer.opens(f"/posts/{number}/change").text
    page = writer.sends(f"/posts/{number}/change", article="x", channel="publish", **AT)
    assert page.status_code == 409


def test_what_is_out_can_be_corrected_by_another_push_of_the_newest_wording(writer, planned, wrote, post, database):
    slug = wrote("演示原文")
    number = planned(slug)
    with database.transaction() as session:
        session.get(Publication, number).state = State.PUBLISHED
    wrote("演示更正后", slug=slug)
    page = writer.sends(f"/posts/{number}/correct")
    made = number_of(page)
    assert made != number and post(made).state == State.DRAFT and post(made).title == "演示更正后"
    assert post(number).title == "演示原文"


def test_the_publisher_changes_times_and_plans_nothing(publisher, planned):
    assert publisher.opens(f"/posts/{planned()}/change").status_code == 200
    assert publisher.opens("/posts/new").status_code == 403


def test_a_push_that_does_not_exist_is_a_sentence(sign_in):
    for role in (Role.WRITE, Role.AUDIT):
        page = sign_in(role).opens("/posts/4711")
        assert page.status_code == 404 and "没有这条推送" in page.text


TO_ALL = {"channel": "mass", "audience": {"all": True}}


def test_the_word_for_everybody_is_typed_anew_at_every_change(writer, planned, wrote, post):
    slug = wrote()
    number = planned(slug, **TO_ALL)
    assert 'id="to_all" name="to_all" value=""' in writer.opens(f"/posts/{number}/change").text
    later = {"article": slug, "channel": "mass", "day": "2026-12-05", "at": "08:00"}
    assert writer.sends(f"/posts/{number}/change", later).status_code == 409
    assert "已经改好" in writer.sends(f"/posts/{number}/change", {**later, "to_all": "全部关注者"}).text


def test_a_copy_to_everybody_is_not_sent_to_the_reviewers_without_the_word(writer, planned, database, post):
    number = planned(**TO_ALL)
    with database.transaction() as session:
        session.get(Publication, number).state = State.PUBLISHED
    copied = number_of(writer.sends(f"/posts/{number}/correct"))
    page = writer.sends(f"/posts/{copied}/act", act="submit")
    assert page.status_code == 409 and "一字不差地写“全部关注者”" in page.text and post(copied).state == State.DRAFT
    writer.sends(f"/posts/{copied}/act", act="submit", to_all="全部关注者")
    assert post(copied).state == State.IN_REVIEW


def test_how_late_it_may_go_out_can_be_changed(writer, planned, wrote, post):
    slug = wrote()
    number = planned(slug)
    form = {"article": slug, "channel": "publish", **AT}
    assert '<option value="30" selected>' in writer.opens(f"/posts/{number}/change").text
    writer.sends(f"/posts/{number}/change", {**form, "late_after": "120"})
    assert post(number).late_after_seconds == 7200
    writer.sends(f"/posts/{number}/change", form)
    assert post(number).late_after_seconds == 7200


def test_an_older_article_is_found_by_its_title_and_nothing_typed_is_lost(writer, wrote, database):
    wanted, chosen = wrote("演示很旧的一篇"), wrote("演示选好的")
    for number in range(31):
        wrote(f"演示新的{number}")
    assert "演示很旧的一篇" not in writer.opens("/posts/new").text
    form = {"article": chosen, "words": "很旧", "act": "search", "channel": "mass", "tag": "志愿者", **AT}
    page = writer.sends("/posts/add", form)
    assert page.status_code == 200 and f'value="{wanted}"' in page.text and "演示新的3" not in page.text
    assert 'id="mass" checked' in page.text and 'value="志愿者"' in page.text and f'value="{chosen}"' in page.text
    with database.reading() as session:
        assert not items(session, 1)


def test_what_is_left_of_each_day_stands_in_the_form_and_tags_used_before_are_offered(writer, reviewer, planned):
    number = planned(channel="mass", audience={"tag": "普法志愿者"})
    reviewer.reviews(number, verdict="approve", secrecy="1", opinion="同意")
    page = writer.opens("/posts/new", day="2026-12-04").text
    assert "2026-12-04 还剩 <strong>0</strong> 次" in page and "&#34;2026-12-05&#34;: 1" in page
    assert '<option value="普法志愿者">' in page

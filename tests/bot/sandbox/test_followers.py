"""Followers, their tags, and the statistics."""

from datetime import UTC, datetime

import pytest

from content.store import clock

MORNING = datetime(2026, 12, 4, 1, 0, tzinfo=UTC)  # 09:00 in Beijing


def code(answer):
    return answer.get("errcode", 0)


def openid(account, citizen):
    return account.phone.get(f"/sandbox/phone/state?citizen={citizen}").json["citizen"]["openid"]


def test_followers_are_listed_and_those_who_do_not_follow_are_told_only_as_that(account):
    listed = account.get("cgi-bin/user/get").json
    assert (listed["total"], listed["count"]) == (2, 2)
    after = account.get("cgi-bin/user/get", next_openid=listed["next_openid"]).json
    assert (after["count"], after["next_openid"], "data" in after) == (0, "", False)
    info = account.get("cgi-bin/user/info", openid=listed["data"]["openid"][0]).json
    assert (info["subscribe"], info["nickname"]) == (1, "")
    assert account.get("cgi-bin/user/info", openid=openid(account, "c3")).json.keys() == {"subscribe", "openid"}
    assert code(account.get("cgi-bin/user/info", openid="oNobody").json) == 40003
    wanted = [{"openid": one} for one in listed["data"]["openid"]]
    assert len(account.post("cgi-bin/user/info/batchget", user_list=wanted)["user_info_list"]) == 2
    assert code(account.post("cgi-bin/user/info/batchget", user_list=wanted * 51)) == 40032


def test_a_tag_is_made_given_read_renamed_taken_and_deleted(account):
    tag = account.post("cgi-bin/tags/create", tag={"name": "律师"})["tag"]["id"]
    first = openid(account, "c1")
    assert code(account.post("cgi-bin/tags/members/batchtagging", tagid=tag, openid_list=[first])) == 0
    assert account.post("cgi-bin/tags/getidlist", openid=first)["tagid_list"] == [tag]
    assert account.post("cgi-bin/user/tag/get", tagid=tag)["data"]["openid"] == [first]
    assert account.get("cgi-bin/user/info", openid=first).json["tagid_list"] == [tag]
    assert code(account.post("cgi-bin/tags/update", tag={"id": tag, "name": "公证"})) == 0
    assert {"id": tag, "name": "公证", "count": 1} in account.get("cgi-bin/tags/get").json["tags"]
    assert code(account.post("cgi-bin/tags/members/batchuntagging", tagid=tag, openid_list=[first])) == 0
    assert account.post("cgi-bin/tags/getidlist", openid=first)["tagid_list"] == []
    assert code(account.post("cgi-bin/tags/delete", tag={"id": tag})) == 0
    assert code(account.post("cgi-bin/tags/delete", tag={"id": tag})) == 45159


def test_tags_have_the_platforms_limits(account):
    create = "cgi-bin/tags/create"
    assert code(account.post(create, tag={"name": "长" * 31})) == 45158
    assert code(account.post(create, tag={"name": "星标组"})) == 45157
    assert [code(account.post(create, tag={"name": f"第{number}"})) for number in range(101)] == [0] * 100 + [45056]
    assert code(account.post("cgi-bin/tags/delete", tag={"id": 2})) == 45058
    first = openid(account, "c1")
    given = [
        code(account.post("cgi-bin/tags/members/batchtagging", tagid=100 + number, openid_list=[first]))
        for number in range(21)
    ]
    assert given == [0] * 20 + [45059]


@pytest.fixture
def morning(account):
    with clock.fixed_at(MORNING):
        account.renew()
        yield account


SPANS = [
    ("getusersummary", 7), ("getusercumulate", 7), ("getarticleread", 1), ("getarticleshare", 1),
    ("getarticletotaldetail", 1), ("getbizsummary", 30), ("getupstreammsg", 7), ("getinterfacesummary", 30),
    ("getarticlesummary", 1), ("getarticletotal", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "most"), SPANS)
def test_statistics_have_their_longest_span_and_end_yesterday(morning, name, most):
    def ask(begin, end):
        return code(morning.post(f"datacube/{name}", begin_date=begin, end_date=end))

    begin = "2026-12-03" if most == 1 else f"2026-11-{34 - most:02}"
    assert ask(begin, "2026-12-03") == 0
    assert ask("2026-11-03", "2026-12-03") == 61501
    assert ask("2026-12-04", "2026-12-04") == 61501
    assert ask("2026-12-03", "2026-12-02") == 61501
    assert ask("2026-13-01", "2026-12-03") == 61500
    assert ask("", "2026-12-03") == 61500


def test_before_eight_yesterdays_figures_are_not_there(morning):
    morning.turn(pass_seconds=22 * 3600 + 3540)  # 07:59 on the next day
    morning.renew()
    wanted = {"begin_date": "2026-12-04", "end_date": "2026-12-04"}
    assert code(morning.post("datacube/getusersummary", **wanted)) == 61503
    morning.turn(pass_seconds=120)
    assert code(morning.post("datacube/getusersummary", **wanted)) == 0


def test_figures_are_the_same_every_time_and_say_that_they_are_made_up(morning):
    wanted = {"begin_date": "2026-12-01", "end_date": "2026-12-03"}
    first, second = (morning.post("datacube/getusersummary", **wanted) for _ in range(2))
    assert first == second
    assert "沙盒" in first["note"]
    assert {row["ref_date"] for row in first["list"]} == {"2026-12-01", "2026-12-02", "2026-12-03"}


def test_what_was_published_has_figures_from_the_day_it_came_out(morning):
    morning.turn(publish_seconds=0)
    morning.post("cgi-bin/freepublish/submit", media_id=morning.draft())
    morning.turn(pass_seconds=3 * 86_400)
    morning.renew()
    wanted = {"begin_date": "2026-12-04", "end_date": "2026-12-04"}
    (row,) = morning.post("datacube/getarticletotaldetail", **wanted)["list"]
    assert (row["title"], row["publish_type"]) == ("标题", 1)
    assert [one["stat_date"] for one in row["detail_list"]] == ["2026-12-04", "2026-12-05", "2026-12-06"]
    (old,) = morning.post("datacube/getarticlesummary", **wanted)["list"]
    assert old["msgid"] == row["msgid"]

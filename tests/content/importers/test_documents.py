import json
import tomllib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from content import repository
from content.importers.documents import article_file, put_article, quoted, read_article
from content.importers.library import Unreadable
from content.models import MaterialKind
from content.store import clock

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where its kind cannot matter
ARTICLE = """+++
title = "工资被拖欠，先做三件事"
author = "葫芦岛普法"
digest = "一张纸、一个电话、一份申请。"
cover = "cover.jpg"
category = "普法"
source_url = "https://mp.weixin.qq.com/s/demo"
published_at = 2026-12-04T08:00:00+08:00
+++
## 第一件

先写下来。

+++
这三个加号是正文。
"""
EIGHT = datetime(2026, 12, 4, 0, 0, tzinfo=UTC)


@pytest.fixture
def read(write):
    return lambda text: read_article(write("a.md", text))


def _put(database, wording, published_at=None, slug="a") -> bool:
    with database.transaction() as session:
        return put_article(session, slug, wording, published_at, "import")


def _exported(database, slug="a") -> str:
    with database.reading() as session:
        found = {name: (at, revision) for name, at, revision in repository.published_articles(session)}
        at, revision = found[slug]
        return article_file(revision, at)


def test_an_article_is_head_and_body(read):
    wording, published_at = read(ARTICLE)
    assert (wording.title, wording.author, wording.category) == ("工资被拖欠，先做三件事", "葫芦岛普法", "普法")
    assert wording.facts == {"cover": "cover.jpg"}
    assert wording.body.startswith("## 第一件")
    assert wording.body.endswith("+++\n这三个加号是正文。")
    assert published_at == EIGHT


def test_only_a_title_is_needed(read):
    wording, published_at = read('+++\ntitle = "题目"\n+++\n')
    assert (wording.title, wording.body, wording.digest, published_at) == ("题目", "", "", None)
    assert wording.facts == {}


def test_a_moment_without_a_zone_is_meant_in_beijing(read):
    assert read(ARTICLE.replace("08:00:00+08:00", "08:00:00"))[1] == EIGHT
    assert read(ARTICLE.replace("T08:00:00+08:00", "T00:00:00Z"))[1] == EIGHT


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "工资被拖欠，先做三件事"', "", "title"),
        ("工资被拖欠，先做三件事", "", "title"),
        ("工资被拖欠，先做三件事", "\\u0001", "title"),
        ("工资被拖欠，先做三件事", "题" * 33, "title 超过 32"),
        ("葫芦岛普法", "者" * 17, "author 超过 16"),
        ("一张纸、一个电话、一份申请。", "摘" * 129, "digest 超过 128"),
        ('"普法"', f'"{"类" * 33}"', "category 超过 32"),
        ("https://mp.weixin.qq.com/s/demo", "javascript:alert(1)", "source_url"),
        ("https://mp.weixin.qq.com/s/demo", "https://" + "a" * 1024, "source_url"),
        ("2026-12-04T08:00:00+08:00", '"下周"', "published_at"),
        ("2026-12-04T08:00:00+08:00", "2026-12-04", "published_at"),
        ('category = "普法"', 'catgory = "普法"', "catgory"),
        ('author = "葫芦岛普法"', "author = 葫芦岛普法", "写法有误"),
        ("+++\n", "---\n", "开头"),
    ],
)
def test_an_article_that_cannot_go_out_is_refused_with_a_sentence_that_names_it(read, old, new, told):
    assert old in ARTICLE
    with pytest.raises(Unreadable, match=told) as refusal:
        read(ARTICLE.replace(old, new, 1))
    assert "a.md" in str(refusal.value)


def test_limits_count_characters_and_the_longest_still_fits(read, database):
    wording, _ = read(ARTICLE.replace("工资被拖欠，先做三件事", "题" * 32).replace("葫芦岛普法", "者" * 16))
    assert _put(database, wording)


def test_a_path_too_long_for_the_store_is_refused_with_a_sentence(database, read):
    wording, _ = read(ARTICLE)
    assert _put(database, wording, slug="长" * 128)
    with pytest.raises(Unreadable, match="路径"):
        _put(database, wording, slug="长" * 129)


def test_signs_nobody_sees_are_dropped_from_the_head(read):
    wording, _ = read(ARTICLE.replace("工资被拖欠", "\\u0007工资\\n被拖欠"))
    assert wording.title == "工资被拖欠，先做三件事"


def test_importing_the_same_file_again_changes_nothing(database, read):
    assert _put(database, *read(ARTICLE))
    assert not _put(database, *read(ARTICLE))


def test_another_moment_alone_is_a_change_but_no_new_wording(database, read):
    _put(database, *read(ARTICLE))
    wording, at = read(ARTICLE)
    assert _put(database, wording, at + timedelta(hours=1))
    with database.reading() as session:
        material = repository.find_material(session, MaterialKind.ARTICLE, "a")
        assert (len(material.revisions), material.published_at) == (1, EIGHT + timedelta(hours=1))


@on_sqlite
def test_an_article_without_a_moment_is_published_now(database, read):
    with clock.fixed_at(EIGHT):
        _put(database, *read('+++\ntitle = "题目"\n+++\n'))
    assert "published_at = 2026-12-04T08:00:00+08:00" in _exported(database)


def test_export_then_import_changes_nothing(database, read):
    _put(database, *read(ARTICLE))
    assert not _put(database, *read(_exported(database)))
    assert _exported(database) == ARTICLE


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


LINE = st.text(st.characters(exclude_categories=["Cs"]), max_size=16)
MOMENTS = st.datetimes(
    EIGHT.replace(tzinfo=None, year=1990), EIGHT.replace(tzinfo=None, year=2100), timezones=st.sampled_from([UTC])
)
FAR_WEST = EIGHT.replace(microsecond=1).astimezone(timezone(timedelta(hours=-9)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=LINE.filter(lambda text: any(sign.isprintable() and not sign.isspace() for sign in text)),
    head=st.dictionaries(st.sampled_from(["author", "digest", "cover", "category"]), LINE),
    body=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80),
    published_at=st.none() | MOMENTS,
)
@example(title='引号"和\\反斜杠', head={"cover": ""}, body="+++\n", published_at=None)
@example(title="x", head={"digest": "\x7f\r\n\t"}, body="\r一\r\n二\u2028\x85", published_at=None)
@example(
    title="x", head={}, body="\ufeff", published_at=datetime(2026, 1, 1, 0, 0, 0, 1, timezone(timedelta(hours=-9)))
)
def test_whatever_was_imported_export_then_import_changes_nothing(
    tmp_path, round_trip, title, head, body, published_at
):
    lines = [f"title = {_toml(title)}", *(f"{name} = {_toml(value)}" for name, value in head.items())]
    lines += [f"published_at = {published_at.isoformat()}"] if published_at else []
    (tmp_path / "in.md").write_text("\n".join(["+++", *lines, "+++", body]), encoding="utf-8", newline="")
    _put(round_trip, *read_article(tmp_path / "in.md"))
    (tmp_path / "out.md").write_text(_exported(round_trip), encoding="utf-8")
    assert not _put(round_trip, *read_article(tmp_path / "out.md"))


@pytest.fixture
def round_trip(tmp_path):
    from content.store.db import Database

    made = Database("sqlite:///:memory:")
    made.upgrade()
    yield made
    made.close()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back_from_toml_as_it_was(text):
    assert tomllib.loads(f"a = {quoted(text)}") == {"a": text}

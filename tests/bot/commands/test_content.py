"""content import, export, lint: nothing by halves, nothing twice, every fault in Chinese."""

import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import func, select
from word_files import photo, rich

from content import audit, repository
from content.articles import save_draft
from content.models import Attachment, Keyword, Law, LawArticle, MaterialKind, Question, Revision
from content.store.db import Database

ARTICLE = '+++\ntitle = "{title}"\n+++\n正文。\n'
STATUTE = (
    "---\ntitle: 中华人民共和国试验法\nshort: 试验法\nadopted: 2026-01-01\neffective: 2026-02-01\nversion: 2026年公布\n"
    "source: 某处\n---\n\n# 中华人民共和国试验法\n\n第一条 为了试验。\n\n第二条 第一款。\n第二款。\n"
)
QUESTION = (
    '[[question]]\nkey = "{key}"\nkind = "single"\ntext = "哪一个？"\noptions = ["甲", "乙"]\nanswer = "A"\n'
    'explanation = "因为。"\nbasis = ["《宪法》第一条"]\ndifficulty = 1\n'
)


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "material"
    made.mkdir()
    return made


def write(folder: Path, **files: str | bytes) -> Path:
    """`a__b_md="…"` is a/b.md."""
    for name, text in files.items():
        path = folder / re.sub(r"_(md|toml|docx|png|jpg)$", r".\1", name.replace("__", "/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


@pytest.fixture
def look(each_operator):
    """Counts rows, or gives what a query finds, in the operator's database."""
    database = Database(str(each_operator.settings["database.url"]))

    def query(what):
        with database.reading() as session:
            if isinstance(what, type):
                return session.scalar(select(func.count()).select_from(what))
            return list(session.execute(what).all())

    yield query
    database.close()


def everything(look) -> list[int]:
    return [look(table) for table in (Revision, Keyword, Question, Law, LawArticle)]


# ── import ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_of_everything_is_taken_in_and_a_second_time_changes_nothing(each_operator, folder, look):
    write(
        folder,
        a_md=ARTICLE.format(title="一"),
        sub__b_md=ARTICLE.format(title="二"),
        law_md=STATUTE,
        quiz_toml=QUESTION.format(key="t-1") + QUESTION.format(key="t-2"),
        words_toml='[keywords]\n"黑律师" = "service/lawyer"\n',
        README_md="# 说明\n这不是文章。\n",
        picture_png=b"\x89PNG",
    )
    first = each_operator.types("content", "import", folder, "--json")
    kept = everything(look)
    assert first.json == {"files": 5, "changed": 5}
    assert each_operator.types("content", "import", folder, "--json").json == {"files": 5, "changed": 0}
    assert everything(look) == kept


def test_the_articles_name_is_its_path_in_the_folder(each_operator, folder, look):
    write(folder, sub__b_md=ARTICLE.format(title="二"), a_md=ARTICLE.format(title="一"))
    each_operator.types("content", "import", folder / "sub", folder / "a.md")
    database = Database(str(each_operator.settings["database.url"]))
    with database.reading() as session:
        assert {card.slug for card in repository.latest_articles(session, 9)} == {"a", "b"}
    database.close()


def test_a_changed_article_is_a_new_revision_and_the_old_one_stays(each_operator, folder, look):
    for title in ("旧的", "新的"):
        each_operator.types("content", "import", write(folder, a_md=ARTICLE.format(title=title)))
    database = Database(str(each_operator.settings["database.url"]))
    with database.reading() as session:
        assert repository.current_revision(session, MaterialKind.ARTICLE, "a").title == "新的"
        material = repository.find_material(session, MaterialKind.ARTICLE, "a")
        assert [revision.title for revision in material.revisions] == ["旧的", "新的"]
    database.close()


def test_only_a_change_makes_the_workers_read_everything_anew(each_operator, folder):
    database = Database(str(each_operator.settings["database.url"]))
    versions = []
    for _ in range(3):
        with database.reading() as session:
            versions.append(repository.content_version(session))
        each_operator.types("content", "import", write(folder, a_md=ARTICLE.format(title="一")))
    database.close()
    assert versions[0] != versions[1] == versions[2]


def test_files_of_any_editor_are_read(each_operator, folder):
    write(
        folder,
        a_md="\ufeff" + ARTICLE.format(title="一").replace("\n", "\r\n"),
        law_md="\ufeff" + STATUTE.replace("\n", "\r\n"),
        words_toml='\ufeff[keywords]\r\n"黑律师" = "service/lawyer"\r\n',
        quiz_toml="\ufeff" + QUESTION.format(key="t-1").replace("\n", "\r\n"),
    )
    assert each_operator.types("content", "import", folder, "--json").json == {"files": 4, "changed": 4}


def test_an_imported_statute_is_answered_article_by_article(each_operator, folder):
    text = STATUTE.replace("中华人民共和国试验法", "中华人民共和国法律援助法").replace("试验法", "法律援助法")
    each_operator.types("content", "import", write(folder, law_md=text) / "law.md")
    assert "第二款。" in each_operator.types("ask", "法律援助法第二条").out
    assert "为了试验" in each_operator.types("ask", "法律援助法第1条").out


def test_keywords_are_understood_at_once(each_operator, folder):
    before = each_operator.types("ask", "咕噜咕噜乌拉", "--json").json["topic"]
    write(folder, words_toml='[keywords]\n"咕噜咕噜乌拉" = "service/notary"\n')
    each_operator.types("content", "import", folder)
    assert before != "service/notary"
    assert each_operator.types("ask", "咕噜咕噜乌拉", "--json").json["topic"] == "service/notary"


WRONG: dict[str, dict[str, str | bytes]] = {
    "gbk": {"x_md": ARTICLE.format(title="标题").encode("gbk")},
    "gbk toml": {"x_toml": '[keywords]\n"黑律师" = "service/lawyer"'.encode("gbk")},
    "no end of the head": {"x_md": "+++\ntitle = 'a'\n正文"},
    "a head that is no toml": {"x_md": "+++\ntitle = 标题\n+++\n正文"},
    "no title": {"x_md": "+++\nauthor = 'a'\n+++\n正文"},
    "an empty title": {"x_md": "+++\ntitle = ' '\n+++\n正文"},
    "a long title": {"x_md": ARTICLE.format(title="字" * 33)},
    "a long author": {"x_md": "+++\ntitle = 'a'\nauthor = '" + "字" * 17 + "'\n+++\n"},
    "a long digest": {"x_md": "+++\ntitle = 'a'\ndigest = '" + "字" * 129 + "'\n+++\n"},
    "a long category": {"x_md": "+++\ntitle = 'a'\ncategory = '" + "字" * 33 + "'\n+++\n"},
    "a long address": {"x_md": "+++\ntitle = 'a'\nsource_url = 'https://" + "a" * 1024 + "'\n+++\n"},
    "a dangerous address": {"x_md": "+++\ntitle = 'a'\nsource_url = 'javascript:alert(1)'\n+++\n"},
    "an unknown field": {"x_md": "+++\ntitle = 'a'\ncolour = 'red'\n+++\n"},
    "a day for a moment": {"x_md": "+++\ntitle = 'a'\npublished_at = '昨天'\n+++\n"},
    "a null": {"x_md": ARTICLE.format(title="一") + "\0"},
    "a statute without a name": {"x_md": STATUTE.replace("short: 试验法\n", "")},
    "a statute without an end of the head": {"x_md": STATUTE.replace("---\n\n", "\n")},
    "a statute of no day": {"x_md": STATUTE.replace("2026-02-01", "明年")},
    "an article of law twice": {"x_md": STATUTE + "\n第二条 又一次。\n"},
    "no toml": {"x_toml": "[keywords"},
    "an unknown toml": {"x_toml": "[menu]\na = 1"},
    "an empty toml": {"x_toml": ""},
    "keywords that are no table": {"x_toml": "keywords = 'a'"},
    "a list of keywords": {"x_toml": "keywords = ['a']"},
    "an unknown topic": {"x_toml": '[keywords]\n"黑律师" = "service/nobody"'},
    "an empty topic": {"x_toml": '[keywords]\n"黑律师" = ""'},
    "a keyword of no words": {"x_toml": '[keywords]\n"！" = "service/lawyer"'},
    "a long keyword": {"x_toml": '[keywords]\n"' + "字" * 65 + '" = "service/lawyer"'},
    "questions that are no list": {"x_toml": "question = 'a'"},
    "questions that are no tables": {"x_toml": "question = ['a']"},
    "a question without an answer": {"x_toml": QUESTION.format(key="t-9").replace('answer = "A"\n', "")},
    "a question without options": {"x_toml": QUESTION.format(key="t-9").replace('["甲", "乙"]', "[]")},
    "a question with one basis in words": {
        "x_toml": QUESTION.format(key="t").replace('["《宪法》第一条"]', '"《宪法》"')
    },
    "a question of a hard difficulty": {"x_toml": QUESTION.format(key="t").replace("= 1", '= "难"')},
    "a question with a long key": {"x_toml": QUESTION.format(key="t" * 33)},
    "the same question twice": {"x_toml": QUESTION.format(key="t") * 2},
    "a long name": {"/".join(["字" * 60] * 3) + "_md": ARTICLE.format(title="一")},
}


FOR_A_SERVER = [name for name in WRONG if "long" in name or name == "a null"]  # SQLite would swallow them
CASES = [("sqlite", name) for name in WRONG] + [("postgresql", name) for name in FOR_A_SERVER]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_wrong_file_is_named_in_chinese_and_nothing_at_all_is_taken_in(new_operator, bureaus, folder, kind, name):
    def rows() -> list[int]:
        with database.reading() as session:
            return [repository.count(session, table) for table in (Revision, Keyword, Question, Law, LawArticle)]

    database = bureaus(kind).database
    before = rows()
    write(folder, a_md=ARTICLE.format(title="好的"), b_toml=QUESTION.format(key="good"), c_md=STATUTE, **WRONG[name])
    told = new_operator(database.url).fails("content", "import", folder)
    assert "数据库" not in told
    assert "PUFA_DEBUG" not in told
    assert rows() == before


def test_a_file_that_is_named_itself_must_be_one_of_ours(operator, folder):
    write(folder, README_md="# 说明\n", word_docx=b"PK", other_md="没有开头\n", old_doc=b"PK")
    for name in ("README.md", "other.md", "word.docx", "old_doc", "nowhere.md"):
        assert name in operator.fails("content", "import", folder / name)


def test_files_that_cannot_be_taken_in_were_passed_over_without_a_word(each_operator, folder, look):
    write(folder, a_md=ARTICLE.format(title="一"), README_md="# 说明\n", 图_png=b"\x89PNG")
    for name in ("旧.doc", "题.xlsx", "扫描.pdf", ".DS_Store", "~$a.docx", "Thumbs.db"):
        (folder / name).write_bytes(b"?")
    ran = each_operator.types("content", "import", folder, "--json")
    assert ran.code == 1 and ran.json["files"] == 1 and len(ran.json["refused"]) == 3
    for name, told in (("旧.doc", "另存为 .docx"), ("题.xlsx", "quiz questions import"), ("扫描.pdf", ".docx")):
        assert any(name in line and told in line for line in ran.json["refused"])
        assert name in ran.err
    assert "3 个没有导入" in each_operator.types("content", "import", folder).out


def test_a_law_without_articles_was_taken_in_as_a_law_of_nothing(each_operator, folder, look):
    write(
        folder,
        a_md=ARTICLE.format(title="一"),
        law_md=STATUTE,
        决定_md=STATUTE.replace("试验法", "试验决定").replace("第一条 ", "一、").replace("第二条 ", "二、"),
    )
    ran = each_operator.types("content", "import", folder, "--json")
    assert ran.code == 1 and ran.json["files"] == 2 and len(ran.json["refused"]) == 1
    assert "决定.md 没有导入" in ran.err and "第N条" in ran.err
    assert look(select(Law.short)) == [("试验法",)]


def test_a_law_with_fewer_articles_than_its_head_says_is_told_and_kept(each_operator, folder, look):
    write(folder, law_md=STATUTE.replace("source:", "articles: 3\nsource:"))
    ran = each_operator.types("content", "import", folder)
    assert ran.code == 0 and "law.md" in ran.err and "写明 3 条，却读到 2 条" in ran.err
    assert look(LawArticle) == 2


def test_a_word_file_is_an_article_with_its_pictures(each_operator, folder, look):
    data = rich(1, 2)
    write(folder, sub__方案_docx=data)
    (folder / "sub" / "~$方案.docx").write_bytes(b"what Word leaves while a file is open")
    first = each_operator.types("content", "import", folder, "--json")
    assert first.json == {"files": 1, "changed": 1}
    assert "另存为 PNG" in first.err
    kept = everything(look)
    assert look(Attachment) == 2
    assert each_operator.types("content", "import", folder, "--json").json == {"files": 1, "changed": 0}
    assert everything(look) == kept
    body = look(select(Revision.body).where(Revision.origin == "import"))[0][0]
    assert body.count("](/h/pictures/") == 2


def test_a_picture_that_cannot_be_used_is_named_and_nothing_is_taken_in(each_operator, folder, look):
    before = everything(look)
    write(folder, a_md=ARTICLE.format(title="一") + "![图](图.png)\n", 图_png=b"\x89PNG")
    assert "图.png" in each_operator.fails("content", "import", folder)
    assert everything(look) == before
    assert look(Attachment) == 0


def test_a_picture_that_is_missing_is_told_and_the_article_is_kept(operator, folder):
    write(folder, a_md=ARTICLE.format(title="一") + "![图](没有.png) ![外](https://e.example/x.png)\n")
    ran = operator.types("content", "import", folder, "--json")
    assert ran.json == {"files": 1, "changed": 1}
    assert ran.err.count("找不到") == 1


# ── export ────────────────────────────────────────────────────────────────────────────────────────────────────────────

FULL = """+++
title = "引号\\"和\\\\斜杠"
author = "编辑"
digest = "两行\\t摘要"
cover = "cover.jpg"
category = "普法"
source_url = "https://mp.weixin.qq.com/s?a=1&b=2#c"
published_at = 2026-01-02T03:04:05.678901+08:00
+++
第一段，<b>不是标签</b>。

+++
- 列表
"""


def test_what_is_exported_and_imported_again_changes_nothing(each_operator, folder, tmp_path, look):
    write(folder, a_md=FULL, sub__深__b_md=ARTICLE.format(title="二"))
    write(folder, words_toml='[keywords]\n"黑\\"律\\\\师" = "service/lawyer"\n"律师跑了" = "service/lawyer"\n')
    each_operator.types("content", "import", folder)
    kept = everything(look)
    assert each_operator.types("content", "export", tmp_path / "out").code == 0
    again = each_operator.types("content", "import", tmp_path / "out", "--json")
    assert again.json == {"files": 3, "changed": 0}
    assert everything(look) == kept


def test_pictures_and_covers_come_out_and_in_again_unchanged(each_operator, folder, tmp_path, look):
    shown = '![图]( <图 一.jpg> "题" ) ![又](b.jpg) `![不是图](c.jpg)`\n'
    head = FULL.replace("cover.jpg", "封面.jpg")
    write(folder, sub__a_md=head + shown, c_md=FULL + "![图](sub/b.jpg)\n", sub__b_jpg=photo(1))
    (folder / "sub" / "图 一.jpg").write_bytes(photo(2))
    (folder / "sub" / "封面.jpg").write_bytes(photo(3, (1800, 800)))
    each_operator.types("content", "import", folder)
    kept = everything(look), look(select(Revision.body, Revision.facts).order_by(Revision.id))
    each_operator.types("content", "export", tmp_path / "out")
    assert len(list((tmp_path / "out" / "pictures").iterdir())) == 3
    text = (tmp_path / "out" / "sub" / "a.md").read_text(encoding="utf-8")
    assert 'cover = "../pictures/' in text
    assert "`![不是图](c.jpg)`" in text
    assert "/h/pictures" not in text
    again = each_operator.types("content", "import", tmp_path / "out", "--json")
    assert again.json == {"files": 2, "changed": 0}
    assert (everything(look), look(select(Revision.body, Revision.facts).order_by(Revision.id))) == kept
    assert look(Attachment) == 3


def test_an_export_carries_its_pictures_to_an_empty_installation(each_operator, folder, tmp_path):
    write(folder, a_md=FULL + "![图](b.jpg)\n", b_jpg=photo(4))
    each_operator.types("content", "import", folder)
    each_operator.types("content", "export", tmp_path / "out")
    kept = {path.name: path.read_bytes() for path in (tmp_path / "uploads").rglob("*.jpg")}
    shutil.rmtree(tmp_path / "uploads")
    each_operator.configure(database__url=f"sqlite:///{tmp_path}/another.db")
    each_operator.types("content", "import", tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "uploads").rglob("*.jpg")} == kept


def test_an_import_of_what_is_published_leaves_a_newer_draft_alone(each_operator, folder, tmp_path, look):
    each_operator.types("content", "import", write(folder, a_md=ARTICLE.format(title="一")))
    database = Database(str(each_operator.settings["database.url"]))
    with database.transaction() as session:
        save_draft(session, "a", title="一", body="新的草稿。", by="wang", base_number=1)
    database.close()
    kept = everything(look)
    each_operator.types("content", "export", tmp_path / "out")
    assert each_operator.types("content", "import", tmp_path / "out", "--json").json == {"files": 1, "changed": 0}
    assert everything(look) == kept


def test_what_is_exported_makes_the_same_articles_in_an_empty_installation(each_operator, folder, tmp_path, look):
    each_operator.types("content", "import", write(folder, a_md=FULL))
    before = look(select(Revision.content_hash).where(Revision.origin == "import"))
    each_operator.types("content", "export", tmp_path / "out")
    each_operator.configure(database__url=f"sqlite:///{tmp_path}/another.db")
    each_operator.types("content", "import", tmp_path / "out")
    database = Database(f"sqlite:///{tmp_path}/another.db")
    with database.reading() as session:
        assert list(session.execute(select(Revision.content_hash).where(Revision.origin == "import")).all()) == before
    database.close()


def test_exporting_twice_writes_the_same_bytes(operator, folder, tmp_path):
    operator.types("content", "import", write(folder, a_md=FULL, b_md=ARTICLE.format(title="二")))
    contents = []
    for _ in range(2):
        operator.types("content", "export", tmp_path / "out")
        contents.append({file: file.read_bytes() for file in (tmp_path / "out").rglob("*.*")})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 2


def test_a_place_that_cannot_be_written_is_told_in_chinese(operator, tmp_path):
    (tmp_path / "file").write_text("")
    assert operator.types("content", "export", tmp_path / "file").code == 2
    assert "/proc/nowhere" in operator.fails("content", "export", "/proc/nowhere/out")


# ── lint ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shipped_library_has_nothing_that_hurts_citizens(each_operator):
    ran = each_operator.types("content", "lint", "--json")
    assert [found for found in ran.json if found["level"] == "红"] == []
    assert ran.code == 0


def test_what_hurts_citizens_is_red_and_ends_with_1(operator, tmp_path):
    (tmp_path / "questions.toml").write_text(QUESTION.format(key="t-1").replace("第一条", "第九百条"))
    operator.types("content", "import", tmp_path / "questions.toml")
    ran = operator.types("content", "lint")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("红 t-1：")


def test_lint_says_the_same_as_json_and_as_lines(operator):
    lines = operator.types("content", "lint").out.splitlines()
    found = operator.types("content", "lint", "--json").json
    assert lines == [f"{one['level']} {one['where']}：{one['what']}" for one in found]


def test_a_spoilt_file_of_the_bureaus_places_is_told_in_chinese(operator, tmp_path):
    for text in (
        "[nowhere]\nphone = '1'",
        "[bureau]\ncolour = '1'",
        "bureau = 1",
        "[bureau",
        "[bureau]\nphone = 12348",
    ):
        (tmp_path / "offices.toml").write_text(text)
        assert "offices.toml" in operator.fails("content", "lint")


def test_what_changes_the_content_is_kept_in_the_audit_log_with_who_did_it(each_operator, folder):
    """It publishes without a review: at least nobody can do it unseen."""
    (folder / "a.md").write_text(ARTICLE.format(title="甲"), encoding="utf-8")
    each_operator.types("staff", "add", "zhao", "--role", "admin", "--as", "nobody")
    each_operator.types("staff", "add", "qian", "--role", "audit", "--as", "zhao")
    assert "角色" in each_operator.fails("content", "import", folder, "--as", "qian")
    for _ in range(2):  # the second changes nothing
        each_operator.types("content", "import", folder, "--as", "zhao")
    database = Database(str(each_operator.settings["database.url"]))
    with database.reading() as session:
        [kept] = [entry for entry in audit.entries(session) if entry.act == "content.import"]
    database.close()
    assert (kept.staff_name, kept.detail["changed"], kept.detail["files"]) == ("zhao", 1, ["a.md"])

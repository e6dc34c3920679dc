"""Markdown files handed in through the console: with a head, without one, in the encodings of office machines."""

import pytest

from content.importers.library import Unreadable
from content.importers.markdown import MOST_BYTES, is_markdown, open_markdown

OURS = f"/h/pictures/{'a' * 64}.jpg"


def test_the_head_gives_title_author_and_the_rest():
    article = open_markdown('+++\ntitle = "题目"\nauthor = "作者"\ndigest = "摘要"\n+++\n\n正文。\n'.encode(), "a.md")
    words = article.wording
    assert (words.title, words.author, words.digest, words.body, article.notes) == (
        "题目",
        "作者",
        "摘要",
        "正文。",
        (),
    )


def test_without_a_head_the_first_heading_is_the_title_and_else_the_files_name():
    assert open_markdown("# 题目\n\n正文".encode(), "a.md").wording.title == "题目"
    words = open_markdown("正文第一段\n\n第二段".encode(), "欠薪怎么办.txt").wording
    assert (words.title, words.body) == ("欠薪怎么办", "正文第一段\n\n第二段")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_files_of_office_machines_are_read_in_their_encodings(encoding):
    words = open_markdown("# 劳动合同\r\n\r\n写清工资。".encode(encoding), "a.md").wording
    assert (words.title, words.body) == ("劳动合同", "写清工资。")


def test_pictures_that_did_not_come_along_are_named():
    article = open_markdown(f"# 题\n\n![图](beside.png)\n\n![图]({OURS})".encode(), "a.md")
    assert len(article.notes) == 1 and "beside.png" in article.notes[0]


def test_a_cover_that_did_not_come_along_is_left_out_and_ours_is_kept():
    assert open_markdown(b'+++\ntitle = "T"\ncover = "c.png"\n+++\nB', "a.md").wording.facts == {}
    kept = open_markdown(f'+++\ntitle = "T"\ncover = "{OURS}"\n+++\nB'.encode(), "a.md").wording.facts
    assert kept == {"cover": OURS}


@pytest.mark.parametrize(
    "data", [b"\0\1\2", b"x" * (MOST_BYTES + 1), b"+++\nnonsense\n+++\nB", b'+++\nbad = "1"\n+++\n']
)
def test_what_is_no_article_gets_a_sentence_with_the_files_own_name(data):
    with pytest.raises(Unreadable) as refused:
        open_markdown(data, "我的文章.md")
    assert "我的文章.md" in str(refused.value) and "article.md" not in str(refused.value)


def test_only_text_files_are_taken_for_markdown():
    assert is_markdown("A.MD") and is_markdown("a.txt") and not is_markdown("a.docx") and not is_markdown("md")

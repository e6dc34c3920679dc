"""A statute is looked up before and after the bureau has imported its text into the running installation."""

import pytest
from conftest import wait_until

LAW = """---
title: 中华人民共和国法律援助法
short: 法律援助法
adopted: 2021-08-20
effective: 2022-01-01
version: 2021年公布
source: 某处
---

第{number}条 {text}
第二款在这里。
"""
ARTICLE = """+++
title = "{title}"
+++
{body}
"""


@pytest.fixture
def imports(standing, tmp_path):
    """Runs `pufa content import` on a file with this text, beside the running servers."""

    def run(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        done = standing.run("content", "import", str(tmp_path / name))
        assert done.returncode == 0, done.stderr

    return run


def test_an_article_of_law_is_quoted_as_soon_as_it_has_been_imported(standing, phone, imports):
    before = phone.says("法律援助法第31条")
    assert "flk.npc.gov.cn" in before.text or "自己的条文" in before.text
    words = f"自己的条文{phone.openid}。"
    imports("law.md", LAW.format(number="三十一", text=words))
    after = phone.says("法律援助法第31条")
    assert words in after.text and "2022-01-01" in after.text and "某处" not in after.text
    assert phone.says("《法律援助法》第三十一条第二款").text.startswith(
        "《法律援助法》第三十一条第二款\n\n第二款在这里"
    )


def test_an_article_that_the_law_does_not_have_is_named_as_such(phone):
    assert "没有这一条" in phone.says("法律援助法第999条").text


def test_an_imported_article_is_found_by_every_running_worker_within_seconds(standing, imports):
    title = f"高价彩礼与婚姻自由{standing.port}"
    imports("caili.md", ARTICLE.format(title=title, body="彩礼返还的条件。"))

    def everybody_finds_it():
        return all(title in standing.phone().says("普法文章 彩礼").text for _ in range(12))

    wait_until(everybody_finds_it, 20)

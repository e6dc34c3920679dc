"""What an article loses at the platform, and that nothing else changes."""

import pytest

from bot.sandbox.stripping import plain, strip

OURS = "http://127.0.0.1:1/sandbox/pictures/ours.jpg"


def stripped(html: str) -> str:
    return strip(html, lambda source: source == OURS)


@pytest.mark.parametrize(
    "html",
    [
        "<p>正文</p>",
        '<section style="margin: 0 8px; color:#333"><p style="text-indent:2em">第一段&nbsp;&amp; “引号”</p></section>',
        f'<img src="{OURS}" alt="图" style="width: 100%">',
        '<a href="https://mp.weixin.qq.com/s/abc">往期</a>',
        "<table><tbody><tr><td colspan='2'>格</td></tr></tbody></table>",
        "一行<br>又一行<br/>再一行<hr>",
        "<strong>粗</strong><em>斜</em><sup>[1]</sup>",
        "3 &lt; 5 &#38; 6",
        '<svg viewBox="0 0 10 10"><circle cx="5" cy="5" r="4"></circle></svg>',
    ],
)
def test_what_the_platform_suffers_stays_byte_for_byte(html):
    assert stripped(html) == html


@pytest.mark.parametrize(
    ("html", "left"),
    [
        ("<p>前<script>alert(1)</script>后</p>", "<p>前后</p>"),
        ("<style>p{color:red}</style><p>正文</p>", "<p>正文</p>"),
        ('<p id="a" class="b" style="color:red">正文</p>', '<p style="color:red">正文</p>'),
        ('<p style="position:fixed;color:red;top:0">正文</p>', '<p style="color:red;top:0">正文</p>'),
        ('<p style="position: absolute">正文</p>', "<p>正文</p>"),
        ('<p style="background:url(https://e.com/a.png)">正文</p>', "<p>正文</p>"),
        ('<p onclick="alert(1)">正文</p>', "<p>正文</p>"),
        ('前<img src="https://e.com/a.png">后', "前后"),
        ('前<img src="data:image/png;base64,AAAA"/>后', "前后"),
        ('<a href="https://www.12348.gov.cn/">法网</a>', "法网"),
        ('<a href="javascript:alert(1)"><b>点</b></a>', "<b>点</b>"),
        ("<iframe src='https://e.com'><p>里</p></iframe><p>外</p>", "<p>外</p>"),
        ("<p>前<!-- 注释 -->后</p>", "<p>前后</p>"),
        ('<video src="x"></video><input value="1"><p>正文</p>', "<p>正文</p>"),
        ("<form><input></form>完", "完"),
        ("</script>正文", "正文"),
        ("<script>未完", ""),
    ],
)
def test_what_the_platform_takes_out_is_gone(html, left):
    assert stripped(html) == left


@pytest.mark.parametrize(
    "html",
    [
        "<scr<script>ipt>alert(1)</script>",
        "<<script>script>alert(1)<</script>/script>",
        '<p title="&quot;><script>alert(1)</script>" id=x>正文</p>',
        "<svg><script>alert(1)</script></svg>",
        "<img src=x onerror=alert(1)>",
        "<p/onmouseover=alert(1)>x</p>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
    ],
)
def test_nothing_that_runs_comes_through_by_a_trick(html):
    left = stripped(html).lower()
    assert "<script" not in left
    assert " onerror=" not in left
    assert "onmouseover=" not in left


def test_the_words_of_an_article_are_what_a_digest_is_made_of():
    assert plain("<p>第一段</p>\n<p>第二段 <b>粗</b></p>") == "第一段 第二段 粗"

"""Writing at the console: nothing typed is lost, nobody is overwritten, files of any kind end in a sentence."""

import io
import re
import time
import zipfile
from datetime import timedelta

import pytest
from PIL import Image
from word_files import WordFile, p, rich

from bot.demo import officials
from content import articles, pictures, staff
from content.staff import Role
from content.store import clock
from scheduler import imports
from scheduler.models import State
from tests.bot.console.conftest import NOW, csrf

WORDS = {"title": "演示标题", "author": "", "digest": "", "category": "", "source_url": "", "cover": "", "base": "0"}


def saved(writer, **words):
    return writer.sends("/articles/save", {**WORDS, "slug": "", "body": "正文", **words})


def ticks(desk, number):
    return re.findall(r'name="tick" value="([^"]+)"', desk.opens(f"/posts/{number}").text)


def slug_of(page):
    return re.search(r'name="slug" value="([^"]*)"', page.text)[1]


def test_an_article_is_written_saved_and_listed(writer):
    page = saved(writer, body="第一段")
    assert "已保存为第 1 版" in page.text and "第一段" in page.text
    assert "演示标题" in writer.opens("/articles/").text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"title": " "}, "还没有标题"),
        ({"title": "长" * 65}, "最多能存 64 个字"),
        ({"source_url": "javascript:alert(1)"}, "应以 https:// 开头"),
        ({"body": "长" * 200_001}, "最多能存 200000 个字"),
    ],
)
def test_what_cannot_be_saved_comes_back_in_the_form(writer, words, sentence):
    page = saved(writer, **{"body": "辛苦写的正文", **words})
    assert page.status_code == 400 and sentence in page.text
    assert ("辛苦写的正文" in page.text) or len(page.text) > 200_000


def test_who_saves_second_sees_both_and_overwrites_nothing(writer, sign_in, database):
    slug = slug_of(saved(writer, body="第一段。\n\n第二段。"))
    saved(writer, slug=slug, base="1", body="第一段改过。\n\n第二段。")
    page = saved(writer, slug=slug, base="1", body="第一段。\n\n第二段也改过。")
    assert page.status_code == 409 and "没有覆盖" in page.text
    read = re.sub(r"<[^>]+>", "", page.text)
    assert "第二段也改过。" in read and "第一段改过" in read and "<del>" in page.text
    assert re.search(r'name="base" value="(\d+)"', page.text)[1] == "2"
    with database.reading() as session:
        material = articles.find_article(session, slug)
        assert articles.latest_revision(session, material.id).body.startswith("第一段改过")


def test_words_sent_after_the_session_ended_stand_there_to_be_sent_again(writer, password, console):
    with clock.fixed_at(NOW + staff.IDLE_LIMIT * 2):
        page = saved(writer, body="写了一上午的正文\n\n第二段 <b>")
        assert page.status_code == 401 and "您写的都还在" in page.text and "写了一上午的正文" in page.text
        assert password not in page.text and 'action="/console/articles/save' in page.text
        form = {"csrf_token": csrf(page), "name": officials.NAMES[Role.WRITE], "password": password}
        assert writer.client.post("/console/sign-in", data=form).status_code == 302
        again = {
            name: words.replace("&lt;", "<").replace("&gt;", ">").removeprefix("\n")
            for name, words in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page.text)
        }
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        done = writer.client.post("/console/articles/save", data={**hidden, **again}, follow_redirects=True)
        assert "已保存为第 1 版" in done.text and "写了一上午的正文" in done.text and "第二段 &lt;b&gt;" in done.text


def test_a_form_with_a_stale_token_shows_what_was_typed_and_does_not_offer_to_send_it(writer):
    writer.token = "stale"
    page = saved(writer, body="写了一上午的正文，不能丢，一个字也不能丢。")
    assert page.status_code == 400 and "写了一上午的正文" in page.text and "再提交一次</button>" not in page.text


def test_the_preview_is_the_html_that_goes_out_and_runs_nothing(writer):
    page = writer.sends("/articles/preview", title="题", body="**重** <script>alert(1)</script>")
    assert "<strong" in page.text and "<script" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "sandbox" in policy and "script-src" not in policy and "default-src 'none'" in policy


def test_history_and_difference_can_be_read_by_everybody_signed_in(writer, sign_in):
    slug = slug_of(saved(writer, body="旧的一段。"))
    saved(writer, slug=slug, base="1", body="新的一段。")
    auditor = sign_in(Role.AUDIT)
    assert "第 2 版" in auditor.opens(f"/articles/history/{slug}").text
    page = auditor.opens(f"/articles/difference/{slug}", old=1, new=2).text
    assert "<del>" in page and "<ins>" in page
    assert auditor.opens(f"/articles/difference/{slug}", old=1, new=99).status_code == 404


def test_who_edits_what_was_approved_is_told_that_it_will_not_go_out_by_itself(
    writer, reviewer, planned, wrote, cover, post
):
    slug = wrote()
    number = planned(slug)
    whole = {"author": "演示作者", "digest": "演示摘要", "cover": cover}
    told = saved(writer, slug=slug, base="1", body="改过。", **whole)
    assert f"排在 12月4日 08:00（周五）的第 {number} 号推送还在审核" in told.text
    with clock.fixed_at(NOW + timedelta(minutes=1)):
        reviewer.reviews(number, verdict="approve", secrecy="1", tick=ticks(reviewer, number), opinion="同意")
        assert post(number).state == State.SCHEDULED
        told = saved(writer, slug=slug, base="2", body="又改过。", **whole)
    assert post(number).state == State.DRAFT and "不重新送审就不会发出" in told.text
    assert f'href="/console/posts/{number}"' in told.text and "&lt;a" not in told.text


# ── paths ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

TRICKS = [
    "../../etc/passwd",
    "..%2f..%2fkeys.json",
    "%2e%2e/keys.json",
    "a/../../b",
    "demo\\..\\x",
    "x" * 3000,
    "%00",
    "—",
]


@pytest.mark.parametrize("slug", TRICKS)
@pytest.mark.parametrize("view", ["edit", "history", "difference"])
def test_a_path_that_names_no_article_is_a_sentence(writer, view, slug):
    page = writer.opens(f"/articles/{view}/{slug}")
    assert page.status_code in (400, 404, 308) and "root:" not in page.text


@pytest.mark.parametrize("slug", [*TRICKS, "answer/../x", " ", "a\nb"])
def test_nobody_names_a_new_article_himself(writer, slug, database):
    page = saved(writer, slug=slug, body="正文")
    assert page.status_code == 404 and "没有这篇文章" in page.text
    with database.reading() as session:
        assert articles.listing(session) == []


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def handed_in(writer, database, uploads, name, data, **into):
    waiting = writer.sends("/articles/imports", {"file": (io.BytesIO(data), name), **into})
    assert "本页会自动刷新" in waiting.text
    assert imports.read_waiting(database, uploads)
    return writer.client.get(waiting.request.path, follow_redirects=True)


def test_a_markdown_file_becomes_a_draft(writer, database, uploads):
    page = handed_in(writer, database, uploads, "演示.md", "# 演示题目\n\n第一段".encode())
    assert 'value="演示题目"' in page.text and "第一段" in page.text


def test_a_word_file_brings_its_first_picture_as_cover(writer, database, uploads):
    page = handed_in(writer, database, uploads, "演示.docx", rich(1, 1))
    assert "没有封面图片" not in page.text and re.search(r'name="cover" value="/h/pictures/', page.text)
    page = handed_in(writer, database, uploads, "素.docx", WordFile([p("只有字。")]).bytes())
    assert "先用了素色的封面" in page.text and re.search(r'name="cover" value="/h/pictures/', page.text)


def test_a_mended_word_file_takes_the_place_of_the_words_and_shows_what_is_another(
    writer, database, uploads, wrote, planned, post
):
    slug = wrote("演示原题", body="留下的一段。\n\n旧的一段。")
    number = planned(slug)
    file = WordFile([p("演示原题"), p("留下的一段。"), p("新的一段。")]).bytes()
    page = handed_in(writer, database, uploads, "终稿2.docx", file, slug=slug, base="1")
    assert "第 1 版 → 第 2 版" in page.text and "<del>" in page.text and "已用 终稿2.docx 换成第 2 版" in page.text
    assert f"第 {number} 号推送" in page.text and post(number).state == State.IN_REVIEW
    with database.reading() as session:
        newest = articles.history(session, articles.find_article(session, slug).id)[0]
    assert (newest.title, newest.body, newest.digest) == ("演示原题", "留下的一段。\n\n新的一段。", "演示摘要")
    page = handed_in(writer, database, uploads, "终稿2.docx", file, slug=slug, base="2")
    assert "和现在的一样" in page.text
    page = handed_in(writer, database, uploads, "x.docx", WordFile([p("别的。")]).bytes(), slug=slug, base="1")
    assert "没有覆盖" in page.text and f"/articles/edit/{slug}" in page.text


@pytest.mark.parametrize("slug", ["no/such", "../../x"])
def test_a_file_for_an_article_that_does_not_exist_is_a_sentence(writer, slug):
    answer = writer.sends("/articles/imports", {"file": (io.BytesIO(b"x"), "a.md"), "slug": slug, "base": "1"})
    assert answer.status_code == 404 and "没有这篇文章" in answer.text


@pytest.mark.parametrize(
    "name", ["a.doc", "a.wps", "a.docx", "a.exe", "<script>alert(1)</script>.docx", "../../a.docx"]
)
def test_what_is_no_article_ends_in_a_sentence(writer, database, uploads, name):
    page = handed_in(writer, database, uploads, name, b"\xd0\xcf\x11\xe0 not what it says")
    assert 'role="alert"' in page.text and "<script>alert" not in page.text and "Traceback" not in page.text
    assert not list(uploads.glob("waiting/*"))


def test_a_zip_bomb_ends_in_a_sentence_and_quickly(writer, database, uploads):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("[Content_Types].xml", "<Types/>")
        with bomb.open("word/document.xml", "w") as part:
            for _ in range(300):
                part.write(bytes(1_000_000))
    begun = time.monotonic()
    page = handed_in(writer, database, uploads, "炸弹.docx", packed.getvalue())
    assert 'role="alert"' in page.text and time.monotonic() - begun < 5


def test_a_picture_of_a_hundred_megapixels_ends_in_a_sentence_and_quickly(writer):
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    begun = time.monotonic()
    answer = writer.sends("/articles/pictures", {"picture": (io.BytesIO(out.getvalue()), "big.png")})
    assert answer.status_code == 400 and answer.json["sentence"] and time.monotonic() - begun < 5


def test_a_cover_is_cut_to_its_shape_and_can_be_moved(writer, uploads):
    whole = io.BytesIO()
    Image.linear_gradient("L").resize((800, 800)).convert("RGB").save(whole, "JPEG")
    address = writer.sends("/articles/pictures", {"picture": (io.BytesIO(whole.getvalue()), "a.jpg")}).json["address"]
    cuts = [writer.sends("/articles/covers", whole=address, at=at).json["address"] for at in ("50", "0", "100", "x")]
    assert len(set(cuts)) == 3 and cuts[3] == cuts[0]
    with Image.open(pictures.picture_path(uploads, pictures.digest_of(cuts[0]))) as piece:
        assert piece.size == (800, 340)
    for nothing in ("", "/h/pictures/" + "0" * 64 + ".png", "../../keys.json"):
        answer = writer.sends("/articles/covers", whole=nothing, at="50")
        assert answer.status_code == 400 and answer.json["sentence"]


def test_a_moving_picture_is_taken_and_told(writer):
    out, frames = io.BytesIO(), [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    answer = writer.sends("/articles/pictures", {"picture": (io.BytesIO(out.getvalue()), "a.gif")})
    assert answer.json["address"] and "不会动" in answer.json["sentence"]


def test_staff_are_called_by_their_shown_names(writer, planned, sign_in):
    number = planned()
    pages = [writer.opens(path).text for path in ("/", "/articles/", "/posts/", f"/posts/{number}")]
    for page in pages:
        assert "演示·起草" in page and "demo-write<" not in page
    assert "<td>演示·起草</td>" in sign_in(Role.ADMIN).opens("/audit/").text


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_ends_in_a_sentence(writer, data):
    answer = writer.sends("/articles/pictures", {"picture": (io.BytesIO(data), "a.png")})
    assert answer.status_code == 400 and "请" in answer.json["sentence"]


def test_a_file_that_is_far_too_large_is_refused_with_the_limit(writer, console):
    console.config["MAX_CONTENT_LENGTH"] = 1000
    answer = writer.sends("/articles/pictures", {"picture": (io.BytesIO(b"x" * 2000), "a.png")})
    assert answer.status_code == 413 and "40 MB" in answer.text

"""Pictures and other files: what is taken, how large, for how long."""

import pytest

JPEG, PNG, GIF = b"\xff\xd8\xff\xe0" + bytes(60), b"\x89PNG\r\n\x1a\n" + bytes(60), b"GIF89a" + bytes(60)
MP4, AMR = bytes(4) + b"ftypisom" + bytes(60), b"#!AMR\n" + bytes(60)


def code(answer):
    return answer.get("errcode", 0)


@pytest.mark.parametrize(("data", "errcode"), [(JPEG, 0), (PNG, 0), (GIF, 40005), (b"<svg/>", 40005), (b"", 44001)])
def test_a_picture_for_a_body_is_a_jpeg_or_png(account, data, errcode):
    assert code(account.upload("media/uploadimg", data)) == errcode


@pytest.mark.parametrize(
    ("path", "kind", "data", "errcode"),
    [
        ("media/uploadimg", "", JPEG + bytes(1_000_000), 40009),
        ("media/uploadimg", "", JPEG + bytes(999_000), 0),
        ("material/add_material", "image", JPEG + bytes(10_000_000), 40009),
        ("material/add_material", "image", GIF, 0),
        ("material/add_material", "thumb", JPEG + bytes(64_000), 40012),
        ("material/add_material", "thumb", PNG, 40005),
        ("media/upload", "voice", AMR + bytes(2_000_000), 40010),
        ("media/upload", "video", MP4 + bytes(10_000_000), 40011),
        ("media/upload", "image", MP4, 40005),
        ("media/upload", "book", JPEG, 40004),
        ("material/add_material", "", JPEG, 40004),
    ],
)
def test_each_kind_has_its_limit_and_its_code(account, path, kind, data, errcode):
    assert code(account.upload(path, data, type=kind)) == errcode


def test_an_upload_without_a_file_is_refused(account):
    assert code(account.upload("media/uploadimg", JPEG, part="other")) == 41005


def test_a_permanent_picture_is_listed_counted_downloaded_and_deleted(account):
    kept = account.upload("material/add_material", PNG, type="image")
    listed = account.post("cgi-bin/material/batchget_material", type="image", offset=0, count=20)
    assert [item["media_id"] for item in listed["item"]] == [kept["media_id"]]
    assert account.get("cgi-bin/material/get_materialcount").json["image_count"] == 1
    path = f"/sandbox/api/cgi-bin/material/get_material?access_token={account.token}"
    assert account.phone.post(path, json={"media_id": kept["media_id"]}).data == PNG
    assert account.phone.get(kept["url"]).data == PNG
    assert code(account.post("cgi-bin/material/del_material", media_id=kept["media_id"])) == 0
    assert code(account.phone.post(path, json={"media_id": kept["media_id"]}).json) == 40007
    assert account.phone.get(kept["url"]).status_code == 404


def test_a_temporary_file_can_be_had_for_three_days(account):
    made = account.upload("media/upload", JPEG, type="image")
    assert account.get("cgi-bin/media/get", media_id=made["media_id"]).data == JPEG
    account.turn(pass_seconds=3 * 86_400 + 1)
    account.renew()
    assert code(account.get("cgi-bin/media/get", media_id=made["media_id"]).json) == 40007


def test_a_thumb_is_named_as_the_platform_names_it(account):
    assert "thumb_media_id" in account.upload("media/upload", JPEG, type="thumb")


def test_a_read_back_shows_what_the_platform_took_out(account):
    ours = account.upload("media/uploadimg", JPEG)["url"]
    temporary = account.upload("media/upload", JPEG, type="image")["media_id"]
    content = (
        f'<p class="a">前</p><img src="{ours}"><img src="https://example.com/b.png">'
        f'<img src="http://localhost/sandbox/pictures/{temporary}.jpg"><script>x</script>'
    )
    media_id = account.draft(account.article(content=content))
    item = account.post("cgi-bin/draft/get", media_id=media_id)["news_item"][0]
    assert item["content"] == f'<p>前</p><img src="{ours}">'
    page = account.phone.get(item["url"])
    assert 'src="/sandbox/pictures/' in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_words_of_an_article_that_look_like_code_are_shown_as_words(account):
    media_id = account.draft(account.article(title="<script>alert(1)</script>", author="<b>"))
    item = account.post("cgi-bin/draft/get", media_id=media_id)["news_item"][0]
    text = account.phone.get(item["url"]).text
    assert "<script" not in text
    assert "&lt;script&gt;" in text

"""Pictures as citizens, previews and WeChat fetch them."""

import io

import pytest
from flask import Flask
from PIL import Image

from bot import pages
from content.pictures import add_picture, address


@pytest.fixture
def reader(tmp_path):
    app = Flask("pages")
    app.register_blueprint(pages.make_blueprint(lambda: None, tmp_path / "uploads"))
    return app.test_client()


@pytest.fixture(params=["JPEG", "PNG"])
def kept(request, database, tmp_path):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, request.param)
    with database.transaction() as session:
        return add_picture(session, out.getvalue(), tmp_path / "uploads")


def test_a_picture_comes_as_what_it_is_and_is_kept_by_the_reader(reader, kept):
    response = reader.get(address(kept))
    assert (response.status_code, response.mimetype) == (200, kept.media_type)
    assert len(response.data) == kept.size
    assert "immutable" in response.headers["Cache-Control"]
    assert "max-age=31536000" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    response.close()
    again = reader.get(address(kept), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    again.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_else_in_the_folder_is_given_away(reader, kept, tmp_path):
    (tmp_path / "uploads" / "secret.jpg").write_bytes(b"secret")
    other = address(kept).replace("jpg", "x").replace("png", "jpg").replace(".x", ".png")
    for path in ("secret.jpg", "../secret.jpg", "..%2fsecret.jpg", "a" * 64 + ".jpg", "%00.jpg", "", kept.digest):
        assert reader.get(f"/h/pictures/{path}").status_code == 404, path
    assert reader.get(other).status_code == 404

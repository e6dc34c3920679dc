"""Pictures: whatever an official uploads becomes what WeChat takes, is kept once, and nothing can choke on it."""

import hashlib
import io
import struct
import time
import tracemalloc
import zlib

import pytest
from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile

from content import pictures
from content.models import Attachment
from content.picture_files import is_plain
from content.pictures import BadPicture, add_picture, address, for_body, for_cover, picture_bytes, picture_path
from content.repository import count

WHERE = 0x8825  # EXIF: the place where a picture was taken
TURNED = 0x0112


def drawn(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **how: object) -> bytes:
    noise = Image.effect_noise((size[0] // 4 or 1, size[1] // 4 or 1), 90).resize(size)
    out = io.BytesIO()
    noise.convert(mode).save(out, kind, **how)
    return out.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A header of any size, with hardly anything behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def kept(database, data: bytes, uploads) -> Attachment:
    with database.transaction() as session:
        return add_picture(session, data, uploads)


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


# ── what becomes of them ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_of_any_usual_kind_becomes_what_wechat_takes(database, tmp_path, kind):
    made = kept(database, drawn(kind), tmp_path)
    data = picture_bytes(tmp_path, made.digest)
    assert made.media_type in ("image/jpeg", "image/png")
    assert (made.width, made.height, made.size) == (400, 300, len(data))
    assert hashlib.sha256(data).hexdigest() == made.digest
    assert opened(data).format in ("JPEG", "PNG")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_points_of_any_kind_are_understood(mode):
    image = Image.new(mode, (60, 40), 40_000 if mode == "I;16" else 0)
    out = io.BytesIO()
    image.save(out, "PNG")
    data, media_type, size = pictures.fit(out.getvalue())
    assert (media_type, size) == ("image/png", (60, 40))
    shade = opened(data).convert("L").getpixel((5, 5))
    assert shade == (156 if mode == "I;16" else 0)


def test_print_colours_become_colours_of_a_screen():
    assert opened(pictures.fit(drawn(mode="CMYK"))[0]).mode == "RGB"


def test_a_moving_picture_shows_its_first_moment():
    out = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    data = pictures.fit(out.getvalue())[0]
    assert opened(data).convert("RGB").getpixel((3, 3)) == (255, 0, 0)


def test_transparency_stays_where_it_fits_and_becomes_white_paper_where_not():
    glass = Image.effect_noise((1500, 1500), 90).convert("RGBA")
    glass.putalpha(0)
    big, small = io.BytesIO(), io.BytesIO()
    glass.save(big, "PNG")
    glass.resize((50, 50)).save(small, "PNG")
    assert opened(pictures.fit(small.getvalue())[0]).mode == "RGBA"
    data, media_type, _ = pictures.fit(big.getvalue())
    assert media_type == "image/jpeg"
    assert opened(data).getpixel((700, 700)) == (255, 255, 255)


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[TURNED] = 6
    exif.get_ifd(WHERE)[1] = "N"
    data = drawn(exif=exif.tobytes())
    assert not is_plain(data)
    stored, _, size = pictures.fit(data)
    assert size == (300, 400)
    assert not opened(stored).getexif()
    assert b"Exif" not in stored


@pytest.mark.parametrize(
    "data",
    [drawn(comment=b"secret"), drawn() + b"secret", drawn("PNG") + b"secret", drawn(xmp=b"<secret/>"),
     drawn("PNG", exif=Image.Exif().tobytes())],
    ids=["comment", "behind a JPEG", "behind a PNG", "XMP", "EXIF in a PNG"],
)  # fmt: skip
def test_nothing_is_kept_beside_the_picture(data):
    stored = pictures.fit(data)[0]
    assert not is_plain(data)
    assert is_plain(stored)
    assert b"secret" not in stored


def test_a_profile_of_colours_stays():
    profile = ImageCmsProfile(createProfile("sRGB")).tobytes()
    stored = pictures.fit(drawn(size=(2000, 800), icc_profile=profile))[0]
    assert opened(stored).info["icc_profile"] == profile


@pytest.mark.parametrize("size", [(4000, 3000), (1200, 11_000), (300, 40)])
def test_every_picture_ends_below_the_limits(size):
    stored, _, (width, height) = pictures.fit(drawn(size=size, quality=95))
    assert len(stored) < pictures.BODY_BYTES
    assert width <= pictures.WIDEST
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(1800, 1200), (200, 100)])
def test_what_was_stored_is_stored_again_as_it_is(kind, size):
    stored = pictures.fit(drawn(kind, size))[0]
    assert pictures.fit(stored)[0] == stored
    assert for_body(stored) == for_cover(stored) == stored


def test_what_is_sent_fits_even_where_something_else_was_stored():
    big = drawn("PNG", (1400, 1200), "RGB")
    assert len(big) > pictures.BODY_BYTES
    assert len(for_body(big)) < pictures.BODY_BYTES
    assert for_cover(big) == big


# ── kept once ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_picture_twice_is_one_file_and_one_row(database, tmp_path):
    data = drawn()
    first, second = (kept(database, data, tmp_path) for _ in range(2))
    assert first.digest == second.digest
    with database.reading() as session:
        assert count(session, Attachment) == 1
    assert [path.name for path in tmp_path.glob("??/*")] == [f"{first.digest}.jpg"]
    assert first.digest.startswith(next(tmp_path.glob("??/*")).parent.name)


def test_a_file_that_was_lost_comes_back_when_the_picture_is_added_again(database, tmp_path):
    data = drawn()
    made = kept(database, data, tmp_path)
    picture_path(tmp_path, made.digest).unlink()
    with pytest.raises(BadPicture, match="重新上传"):
        picture_bytes(tmp_path, made.digest)
    kept(database, data, tmp_path)
    assert picture_bytes(tmp_path, made.digest)


def test_its_address_leads_back_to_it(database, tmp_path):
    made = kept(database, drawn("PNG", mode="1"), tmp_path)
    assert address(made) == f"/h/pictures/{made.digest}.png"
    assert pictures.digest_of(address(made)) == made.digest
    assert pictures.digest_of("https://e.example" + address(made)) == ""


@pytest.mark.parametrize("digest", ["", "..", "../../keys.json", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_no_name_leads_out_of_the_folder(tmp_path, digest):
    (tmp_path / "keys.json").write_text("{}")
    assert picture_path(tmp_path / "uploads", digest) is None


# ── refused ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("size", [(10_000, 10_000), (2_000_000_000, 2_000_000_000), (30_000_000, 2)])
def test_a_huge_picture_is_refused_at_once_and_with_little_memory(size):
    data = png_that_claims(*size)
    tracemalloc.start()
    started = time.perf_counter()
    with pytest.raises(BadPicture, match="百万像素"):
        pictures.fit(data)
    assert time.perf_counter() - started < 0.5
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_a_jpeg_of_a_hundred_megapixels_is_refused_too():
    data = bytearray(drawn(size=(40, 40)))
    frame = data.find(b"\xff\xc0")
    data[frame + 5 : frame + 9] = struct.pack(">HH", 10_000, 10_000)
    with pytest.raises(BadPicture, match="10000×10000"):
        pictures.fit(bytes(data))


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"<svg onload=alert(1)>", b"%PDF-1.7", b"MZ" + b"\0" * 200, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0",
     b"GIF89a", drawn("TIFF"), drawn("BMP"), drawn("PPM"), b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_the_formats_that_are(data):
    with pytest.raises(BadPicture, match="JPG、PNG、WebP 或 GIF|不完整"):
        pictures.fit(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("share", [0.2, 0.6, 0.95])
def test_a_picture_that_was_cut_off_is_refused(kind, share):
    data = drawn(kind)
    with pytest.raises(BadPicture, match="不完整|不是可用的图片"):
        pictures.fit(data[: int(len(data) * share)])


def test_a_drawing_of_word_is_refused_with_what_to_do():
    for start in (b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00"):
        with pytest.raises(BadPicture, match="另存为 PNG"):
            pictures.fit(start + b"\0" * 100)


def test_too_many_bytes_are_not_even_looked_at():
    with pytest.raises(BadPicture, match="31 MB"):
        pictures.fit(b"\xff\xd8" + b"\0" * 31_000_000)


def test_a_refused_picture_leaves_nothing_behind(database, tmp_path):
    with pytest.raises(BadPicture):
        kept(database, b"x", tmp_path)
    with database.reading() as session:
        assert count(session, Attachment) == 0
    assert list(tmp_path.glob("??/*")) == []


def test_a_moving_picture_is_known_as_one_and_damage_is_none():
    out = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), colour) for colour in ("red", "blue", "green")]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    assert pictures.is_animated(out.getvalue())
    for still in (drawn("GIF", mode="P"), drawn("PNG"), drawn("JPEG"), b"", b"GIF89a", out.getvalue()[:20]):
        assert not pictures.is_animated(still)

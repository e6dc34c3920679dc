"""A cover has the shape that WeChat shows, cut from the middle or from where a person moved it."""

import io

import pytest
from PIL import Image

from content import covers
from content.covers import cut
from content.pictures import BadPicture

LEFT, RIGHT = (200, 30, 30), (30, 30, 200)


def halves(size: tuple[int, int], kind: str = "PNG") -> bytes:
    """Red at the beginning of its longer side, blue at the end."""
    picture = Image.new("RGB", size, RIGHT)
    is_wide = size[0] / size[1] > covers.WIDTH / covers.HEIGHT
    picture.paste(LEFT, (0, 0, size[0] // 2, size[1]) if is_wide else (0, 0, size[0], size[1] // 2))
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@pytest.mark.parametrize(
    ("size", "wanted"), [((1000, 1000), (1000, 426)), ((1200, 300), (705, 300)), ((40, 900), (40, 17))]
)
def test_the_largest_piece_in_the_shape_of_a_cover_is_cut_out(size, wanted):
    assert opened(cut(halves(size))).size == wanted


@pytest.mark.parametrize("size", [(1000, 1000), (1500, 300)])
def test_the_piece_can_be_moved_along_the_longer_side(size):
    first, middle, last = (opened(cut(halves(size), at)) for at in (0, 50, 100))
    assert {first.getpixel((5, 5)), first.getpixel((first.width - 5, first.height - 5))} == {LEFT}
    assert (middle.getpixel((5, 5)), middle.getpixel((middle.width - 5, middle.height - 5))) == (LEFT, RIGHT)
    assert {last.getpixel((5, 5)), last.getpixel((last.width - 5, last.height - 5))} == {RIGHT}


def test_what_has_the_shape_already_is_left_alone():
    assert cut(covers.plain_cover()) == covers.plain_cover()
    once = cut(halves((1234, 987)))
    assert cut(once) == once


def test_a_photo_stays_a_photo_and_what_is_no_picture_is_told():
    assert Image.open(io.BytesIO(cut(halves((800, 800), "JPEG")))).format == "JPEG"
    with pytest.raises(BadPicture):
        cut(b"no picture")

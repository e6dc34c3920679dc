"""What stands in a picture's file beside the picture itself: read from its outer parts, nothing is decoded."""

_JPEG_START, _JPEG_END = b"\xff\xd8", b"\xff\xd9"
_SCAN = 0xDA
_JPEG_ALLOWED = {0xE0, 0xE2, 0xEE, 0xDB, 0xC4, 0xDD, *range(0xC0, 0xC4)}
"""JFIF, colour profile, Adobe's colour mark, tables and frames. Not EXIF, XMP, IPTC or comments."""
_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_ALLOWED = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT",
                b"bKGD"}  # fmt: skip


def is_plain(data: bytes) -> bool:
    """A JPEG or PNG that carries nothing but the picture: no place, no camera, no thumbnail, nothing behind its end."""
    if data.startswith(_JPEG_START):
        return _is_plain_jpeg(data)
    return data.startswith(_PNG_START) and _is_plain_png(data)


def _is_plain_jpeg(data: bytes) -> bool:
    place = 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        mark = data[place + 1]
        if mark == _SCAN:  # behind it stands what is compressed, in which an end cannot occur but as the end
            return data.find(_JPEG_END, place) == len(data) - 2
        if mark not in _JPEG_ALLOWED or _is_mpf(data, place, mark):
            return False
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return False


def _is_mpf(data: bytes, place: int, mark: int) -> bool:
    """More pictures in the same file, as phones write them."""
    return mark == 0xE2 and not data.startswith(b"ICC_PROFILE", place + 4)


def _is_plain_png(data: bytes) -> bool:
    place, kind = len(_PNG_START), b""
    while place + 12 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        if kind not in _PNG_ALLOWED:
            return False
        place += 12 + length
        if kind == b"IEND":
            return place == len(data)
    return False

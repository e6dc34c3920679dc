"""The outer shell of a Word file: opened only where it is one and cannot burst. Knows nothing of what is written in it.

Everything is judged by the table of contents of the zip before anything is unpacked; what a part unpacks to can never
be more than that table says.
"""

import io
import zipfile
import zlib
from pathlib import PurePath

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from content.importers.library import Unreadable

MOST_BYTES = 100_000_000
MOST_UNPACKED = 200_000_000
MOST_XML = 40_000_000
MOST_ENTRIES = 3000
MOST_RATIO = 150
"""Text of Word packs to a tenth or a twentieth; a part that packs to less is made to burst."""
_RATIO_FROM = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED, _TEXT, _SHEET, _SLIDES = (
    name.encode("utf-16-le") for name in ("EncryptedPackage", "WordDocument", "Workbook", "PowerPoint Document")
)
_DOCTYPES = tuple("<!DOCTYPE".encode(coding) for coding in ("utf-8", "utf-16-le", "utf-16-be"))
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
BROKEN = (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, RuntimeError, ValueError, OSError, EOFError)
"""What reading a part of a damaged zip may raise."""
SAVE_AS = "请在 Word 或 WPS 里打开，选“另存为”，类型选“Word 文档（*.docx）”，再导入新文件。"
_INTO_WORD = "请把要发的内容放进 Word 文件再导入。"
_NAMED = {
    ".doc": f"是旧格式的 Word 文件（.doc）：{SAVE_AS}",
    ".dot": f"是旧格式的 Word 模板（.dot）：{SAVE_AS}",
    ".wps": f"是 WPS 文字自己的格式（.wps）：{SAVE_AS}",
    ".wpt": f"是 WPS 文字的模板（.wpt）：{SAVE_AS}",
    ".rtf": f"是 RTF 文件：{SAVE_AS}",
    ".odt": f"是 OpenDocument 文件（.odt）：{SAVE_AS}",
    ".pages": "是苹果 Pages 的文件：请在 Pages 里选“导出为 Word”，再导入新文件。",
    ".ofd": "是 OFD 版式文件，不能导入：请用原来的 Word 文件。",
}
"""By the end of the name; what a file begins with goes before."""


def open_package(data: bytes, name: str) -> zipfile.ZipFile:
    """Raises Unreadable."""
    _check_kind(data, name)
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        _check_size(package, len(data), name)
        _check_content(package, name)
    except BROKEN as error:
        raise Unreadable(f"{name} 已损坏，打不开：请在 Word 里打开确认内容，另存一份再导入。") from error
    return package


def document_path(package: zipfile.ZipFile) -> str:
    """Where the text lies in the zip."""
    try:
        root = ElementTree.fromstring(package.read("_rels/.rels"), forbid_dtd=True)
    except (KeyError, ElementTree.ParseError, DefusedXmlException):  # the check of the content says what is wrong
        return "word/document.xml"
    targets = (found.get("Target", "") for found in root.iter(_RELATIONSHIPS)
               if found.get("Type", "").endswith("/officeDocument"))  # fmt: skip
    path = next(targets, "word/document.xml").lstrip("/")
    return path if path in package.namelist() else "word/document.xml"


def _check_kind(data: bytes, name: str) -> None:
    """Raises Unreadable for what is no .docx, with the way to one."""
    if len(data) > MOST_BYTES:
        raise Unreadable(f"{name} 有 {len(data) // 1_000_000} MB，太大：请在 Word 里压缩图片后再导入。")
    ending = PurePath(name).suffix.lower()
    if data.startswith(_OLE):
        raise Unreadable(f"{name} {_old_kind(data, ending)}")
    if data.startswith(b"{\\rtf"):
        ending = ".rtf"
    if data.startswith(b"%PDF"):
        raise Unreadable(f"{name} 是 PDF，不能导入：请用原来的 Word 文件。")
    if told := _NAMED.get(ending):
        raise Unreadable(f"{name} {told}")
    if not data.startswith(b"PK"):
        raise Unreadable(f"{name} 不是 Word 文件：{SAVE_AS}")


def _old_kind(data: bytes, ending: str) -> str:
    """What is in one of the older shells, and what to do."""
    if _LOCKED in data:
        return "设了打开密码：请在 Word 里取消密码（文件—信息—保护文档），保存后再导入。"
    is_text = _TEXT in data  # a table or slides may be part of it
    if _SLIDES in data and not is_text:
        return f"是旧格式的演示文稿：{_INTO_WORD}"
    if _SHEET in data and not is_text:
        return f"是旧格式的 Excel 表格：{_INTO_WORD}"
    return _NAMED.get(ending, f"是旧格式的文件，只是名字改成了 {ending or '别的'}：{SAVE_AS}")


def _check_size(package: zipfile.ZipFile, packed: int, name: str) -> None:
    """Raises Unreadable for what would burst."""
    entries = package.infolist()
    too_big = (
        len(entries) > MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > MOST_UNPACKED
        or sum(entry.compress_size for entry in entries) > packed  # the same bytes unpacked more than once
        or any(_is_bomb(entry) for entry in entries)
    )
    if too_big:
        raise Unreadable(f"{name} 解压后大得不正常，没有打开：请向发来文件的人核实，或在 Word 里另存一份再导入。")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(f"{name} 加了密：请取消密码后再导入。")


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    if not _is_xml(entry.filename):
        return False
    is_dense = entry.file_size > _RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
    return is_dense or entry.file_size > MOST_XML


def _check_content(package: zipfile.ZipFile, name: str) -> None:
    """Raises Unreadable for other things in a zip, and for declarations that no Word writes."""
    names = set(package.namelist())
    if any(part.startswith("xl/") for part in names):
        raise Unreadable(f"{name} 是 Excel 表格：{_INTO_WORD}")
    if any(part.startswith("ppt/") for part in names):
        raise Unreadable(f"{name} 是演示文稿：{_INTO_WORD}")
    if "OFD.xml" in names:
        raise Unreadable(f"{name} {_NAMED['.ofd']}")
    if "[Content_Types].xml" not in names or document_path(package) not in names:
        raise Unreadable(f"{name} 不是 Word 文件：{SAVE_AS}")
    for part in names:
        if _is_xml(part) and any(sign in package.read(part) for sign in _DOCTYPES):
            raise Unreadable(f"{name} 里有不安全的内容，没有打开：请在 Word 里另存一份再导入。")


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels"))

"""What is given with an answer: nothing before a second person has approved, nothing with a refusal, by its bytes."""

import io
import zipfile
from datetime import date, timedelta

import pytest

from content import audit
from content.staff import NotAllowed, NotFound
from content.store import clock
from handlers.disclosure import files, handling
from handlers.disclosure.requests import NotDone
from tests.handlers.disclosure.conftest import APPROVER, KEYRING, WRITER, at

DAY = date(2026, 11, 2)
PDF = b"%PDF-1.7 demo: the table that was asked for"


def packed(*parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for part in parts:
            package.writestr(part, "x")
    return out.getvalue()


@pytest.fixture
def request_(received):
    with clock.fixed_at(at(DAY)):
        yield received(DAY)


def attach(session, request, title="演示统计表.pdf", data=PDF, by=WRITER):
    files.attach(session, KEYRING, request, by, title, data)


def test_a_file_is_the_applicants_when_a_second_person_has_approved_and_not_before(session, request_):
    attach(session, request_)
    kept = files.attached(session, request_.id)[0]
    assert PDF.decode() not in kept.sealed and files.released(session, request_) == ()
    handling.draft_answer(session, request_, WRITER, "granted", {"how": "演示：见附件"})
    assert files.released(session, request_) == ()
    for change in (lambda: attach(session, request_), lambda: files.detach(session, request_, WRITER, kept.id)):
        with pytest.raises(NotDone, match="等着另一个人批"):  # he approves what he has seen
            change()
    handling.approve(session, request_, APPROVER)
    assert [files.opened(KEYRING, one).data for one in files.released(session, request_)] == [PDF]
    assert [one.act for one in audit.entries(session, act="request.attach")] == ["request.attach"]


def test_no_answer_that_gives_nothing_goes_out_with_a_file(session, request_):
    attach(session, request_)
    with pytest.raises(NotDone, match="先把附件撤下"):
        handling.draft_answer(session, request_, WRITER, "secret", {"reason": "演示"})
    files.detach(session, request_, WRITER, files.attached(session, request_.id)[0].id)
    handling.draft_answer(session, request_, WRITER, "secret", {"reason": "演示"})
    assert not files.attached(session, request_.id)


def test_only_who_writes_attaches_and_nobody_reaches_the_file_of_another_application(session, request_, received):
    with pytest.raises(NotAllowed):
        attach(session, request_, by=APPROVER)
    attach(session, request_)
    other, mine = received(DAY, wanted="演示：别的"), files.attached(session, request_.id)[0].id
    for reach in (lambda: files.get_file(session, other.id, mine), lambda: files.detach(session, other, WRITER, mine)):
        with pytest.raises(NotFound):
            reach()


@pytest.mark.parametrize(
    ("title", "data", "kept"),
    [
        ("表.exe", PDF, "表.pdf"), ("..\\x/<表>.doc", packed("word/document.xml"), "表.docx"),
        ("表", packed("xl/workbook.xml"), "表.xlsx"), (".png", b"\x89PNG\r\n\x1a\n", "文件.png"),
        ("图.jpeg", b"\xff\xd8\xff\xe0", "图.jpg"), ("长" * 300 + ".pdf", PDF, "长" * 100 + ".pdf"),
    ],
)  # fmt: skip
def test_a_file_is_called_what_its_bytes_are(session, request_, title, data, kept):
    attach(session, request_, title, data)
    assert files.attached(session, request_.id)[0].title == kept


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "没有选文件"), (b"MZ program", "附不上"), (b"PK\x03\x04 torn", "附不上"), (packed("a.txt"), "附不上"),
        (packed("word/document.xml", "word/vbaProject.bin"), "不能带宏"), (b"<html>", "附不上"),
        (b"%PDF-" + b"x" * files.MOST_BYTES, "最大 10 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_attached_is_refused_with_what_to_do(session, request_, data, sentence):
    with pytest.raises(NotDone, match=sentence):
        attach(session, request_, "演示.pdf", data)
    assert not files.attached(session, request_.id)


def test_so_many_files_and_no_more(session, request_):
    for _ in range(files.MOST_FILES):
        attach(session, request_)
    with pytest.raises(NotDone, match="最多附 5 个"):
        attach(session, request_)


def test_they_go_some_time_after_the_end(session, request_):
    attach(session, request_)
    handling.draft_answer(session, request_, WRITER, "granted", {"how": "演示"})
    handling.approve(session, request_, APPROVER)
    for days, left in ((files.KEPT.days, 1), (files.KEPT.days + 1, 0)):
        with clock.fixed_at(at(DAY + timedelta(days=days))):
            files.purge(session)
        assert len(files.attached(session, request_.id)) == left

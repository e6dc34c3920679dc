import json
import multiprocessing
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.store.keys import KeysUnreadable, open_keyring, rotate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "keys.json"


def test_the_first_start_makes_a_key_file_only_its_owner_can_read(path):
    first = open_keyring(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_keyring(path) == first
    assert list(path.parent.iterdir()) == [path]  # no draft is left behind


def test_two_installations_have_different_keys(tmp_path):
    assert open_keyring(tmp_path / "a.json").masters != open_keyring(tmp_path / "b.json").masters


def test_each_purpose_has_a_key_and_pseudonyms_of_its_own(path):
    ring = open_keyring(path)
    assert ring.derive("log") != ring.derive("citizen")
    assert ring.pseudonym("log", "oA1") != ring.pseudonym("citizen", "oA1")
    assert ring.pseudonym("citizen", "oA1") == ring.pseudonym("citizen", "oA1")
    assert ring.pseudonym("citizen", "oA1") != ring.pseudonym("citizen", "oA2")


def test_a_pseudonym_is_32_hex_digits_and_does_not_show_the_name(path):
    name = "oDEMOuser0000000000000000001"
    made = open_keyring(path).pseudonym("citizen", name)
    assert len(made) == 32
    assert set(made) <= set("0123456789abcdef")
    assert name not in made


@given(text=st.text())
def test_what_was_encrypted_comes_back_and_never_looks_the_same_twice(tmp_path_factory, text):
    ring = open_keyring(tmp_path_factory.getbasetemp() / "shared-keys.json")
    token = ring.encrypt("openid", text)
    assert ring.decrypt("openid", token) == text
    assert ring.encrypt("openid", text) != token


def test_what_was_encrypted_for_one_purpose_cannot_be_read_for_another(path):
    ring = open_keyring(path)
    with pytest.raises(KeysUnreadable, match="另一把密钥"):
        ring.decrypt("address", ring.encrypt("openid", "oA1"))


def test_a_rotation_keeps_old_data_readable_and_moves_no_pseudonym(path):
    before = open_keyring(path)
    token = before.encrypt("openid", "oA1")
    rotate(path)
    after = open_keyring(path)
    assert len(after.masters) == 2
    assert after.decrypt("openid", token) == "oA1"
    assert after.pseudonym("citizen", "oA1") == before.pseudonym("citizen", "oA1")
    with pytest.raises(KeysUnreadable):  # what is new is made with the new key
        before.decrypt("openid", after.encrypt("openid", "oA1"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_data_of_another_installation_is_refused_with_a_sentence(tmp_path):
    token = open_keyring(tmp_path / "a.json").encrypt("openid", "oA1")
    with pytest.raises(KeysUnreadable, match="密钥文件"):
        open_keyring(tmp_path / "b.json").decrypt("openid", token)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "not json",
        "[]",
        '{"masters": []}',
        '{"masters": ["c2hvcnQ="]}',
        '{"masters": ["***"]}',
        '{"masters": 5}',
        "{}",
        "密钥",
    ],
)
def test_a_damaged_key_file_is_never_replaced_and_says_what_to_do(path, content):
    path.parent.mkdir()
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KeysUnreadable, match="恢复原来的文件"):
        open_keyring(path)
    assert path.read_text(encoding="utf-8") == content


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KeysUnreadable):
        open_keyring(tmp_path / "file" / "keys.json")


def test_threads_that_start_together_end_up_with_one_key(path):
    path.parent.mkdir()
    found, barrier = [], threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        found.append(open_keyring(path).masters)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {open_keyring(path).masters}


def _open(path: Path, queue: "multiprocessing.Queue[str]") -> None:
    queue.put(json.dumps(open_keyring(path).derive("test").hex()))


def test_processes_that_start_together_end_up_with_one_key(path):
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    processes = [context.Process(target=_open, args=(path, queue)) for _ in range(4)]
    for process in processes:
        process.start()
    assert len({queue.get(timeout=10) for _ in processes}) == 1
    for process in processes:
        process.join()

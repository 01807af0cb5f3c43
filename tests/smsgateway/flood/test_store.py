from __future__ import annotations

import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from smsgateway.flood import FileStore, MemoryStore, Store, StoreError

NOW = 1_800_000_000.0
TWO_DAYS = 2 * 86_400
AN_HOUR = 3600


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "deep" / "state.db")


def test_a_document_is_there_in_the_next_transaction(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents["a"] = [1, {"b": None}]

    with store.transaction(NOW) as documents:
        assert dict(documents) == {"a": [1, {"b": None}]}
        assert len(documents) == 1


def test_a_document_can_be_deleted(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents["a"] = 1
        del documents["a"]

        assert "a" not in documents
        with pytest.raises(KeyError):
            del documents["a"]


def test_a_document_is_forgotten_two_days_after_its_last_change(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents["old"] = documents["changed"] = 1
    with store.transaction(NOW + AN_HOUR) as documents:
        documents["changed"] = 2

    with store.transaction(NOW + TWO_DAYS) as documents:
        assert dict(documents) == {"changed": 2}
    with store.transaction(NOW + TWO_DAYS + AN_HOUR) as documents:
        assert dict(documents) == {}


def test_a_document_that_is_kept_is_forgotten_when_it_is_set_again(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents.keep("a", 1)

    with store.transaction(NOW + 100 * TWO_DAYS) as documents:
        assert dict(documents) == {"a": 1}
        documents["a"] = 2
    with store.transaction(NOW + 101 * TWO_DAYS) as documents:
        assert dict(documents) == {}


def test_a_clock_that_is_set_back_keeps_no_document_for_ever(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents["a"] = 1
        documents.keep("kept", 1)
    with store.transaction(NOW - 100 * TWO_DAYS) as documents:
        assert dict(documents) == {"a": 1, "kept": 1}

    with store.transaction(NOW - 99 * TWO_DAYS) as documents:
        assert dict(documents) == {"kept": 1}


def test_what_was_set_before_an_error_is_undone(store: Store) -> None:
    with store.transaction(NOW) as documents:
        documents["changed"] = documents["deleted"] = 1
        documents.keep("kept", 1)

    with suppress(KeyboardInterrupt), store.transaction(NOW) as documents:
        documents["new"] = documents["changed"] = 2
        documents["changed"] = documents["kept"] = 3
        del documents["deleted"]
        raise KeyboardInterrupt

    with store.transaction(NOW + 1) as documents:
        assert dict(documents) == {"changed": 1, "deleted": 1, "kept": 1}
    with store.transaction(NOW + TWO_DAYS) as documents:
        assert dict(documents) == {"kept": 1}


def test_whoever_asks_in_the_middle_of_a_change_is_refused() -> None:
    store = MemoryStore()

    with store.transaction(NOW) as documents:
        documents["a"] = 1
        with pytest.raises(StoreError, match="while it is being changed"):
            store.transaction(NOW).__enter__()

    with store.transaction(NOW) as documents:
        assert dict(documents) == {"a": 1}


def test_threads_take_turns(store: Store) -> None:
    def count(_: int) -> None:
        with store.transaction(NOW) as documents:
            before = documents.get("count", 0)
            time.sleep(0.001)
            documents["count"] = before + 1

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(40)))

    with store.transaction(NOW) as documents:
        assert documents["count"] == 40


def test_what_is_no_number_in_a_file_is_refused(tmp_path: Path) -> None:
    store = FileStore(tmp_path / "state.db")
    with store.transaction(NOW) as documents:
        documents["a"] = float("nan")

    with pytest.raises(StoreError, match="NaN"), store.transaction(NOW) as documents:
        documents["a"]


def test_a_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "state.db"

    with FileStore(path).transaction(NOW):
        pass

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert repr(FileStore(path)) == f"<FileStore {path}>"


def test_a_file_that_is_something_else_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as shop:
        shop.execute("CREATE TABLE orders (id)")

    with pytest.raises(StoreError, match="no store of version 1"), FileStore(path).transaction(NOW):
        pass


def test_a_file_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")

    with pytest.raises(StoreError, match="File exists"):
        FileStore(path / "state.db").transaction(NOW).__enter__()

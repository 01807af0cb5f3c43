"""A private SQLite file: only its owner reads it, and what is not ours is left alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from smsgateway.database import PrivateDatabase, make_private, private_path
from smsgateway.errors import ConfigurationError, SmsGatewayError

SCHEMA = """
CREATE TABLE notes (text TEXT NOT NULL);
CREATE INDEX notes_text ON notes (text)
"""


class NotebookError(SmsGatewayError):
    """The notebook cannot be used."""


def notebook(path: Path, *, is_durable: bool = False, version: int = 1) -> PrivateDatabase:
    return PrivateDatabase(
        path=path,
        kind="notebook",
        error=NotebookError,
        schema=SCHEMA,
        is_durable=is_durable,
        version=version,
    )


def note(path: Path, text: str = "Hej", *, is_durable: bool = False) -> None:
    with notebook(path, is_durable=is_durable).transaction() as connection:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))


def notes(path: Path) -> list[str]:
    with notebook(path).look() as connection:
        return [row["text"] for row in connection.execute("SELECT text FROM notes")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "notes.db"


@pytest.fixture
def somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "theirs.db"
    note(path)
    owner = os.getuid() or 12_345  # root may give it away; others play that it is not theirs
    os.chown(path, owner, -1)
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    return path


def test_what_is_written_is_there_for_the_next(path: Path) -> None:
    note(path, "a")
    note(path, "b")

    assert notes(path) == ["a", "b"]


def test_an_error_undoes_the_change(path: Path) -> None:
    with suppress(RuntimeError), notebook(path).transaction() as connection:
        connection.execute("INSERT INTO notes VALUES ('a')")
        raise RuntimeError

    assert notes(path) == []


@pytest.mark.parametrize("is_durable", [True, False])
def test_only_its_owner_can_read_it_and_what_stands_beside_it(
    path: Path, *, is_durable: bool
) -> None:
    before = os.umask(0)
    try:
        with notebook(path, is_durable=is_durable).transaction() as connection:
            connection.execute("INSERT INTO notes VALUES ('a')")
            during = {mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert during == {0o600}
    assert mode(path.parent) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_what_a_link_names_is_made_for_its_owner_only(tmp_path: Path) -> None:
    link, target = tmp_path / "notes.db", tmp_path / "disk" / "notes.db"
    link.symlink_to(target)

    note(link)

    assert (mode(target.parent), mode(target)) == (0o700, 0o600)
    assert link.is_symlink()
    assert notes(target) == ["Hej"]


def test_a_link_that_goes_round_is_an_error(tmp_path: Path) -> None:
    link = tmp_path / "notes.db"
    link.symlink_to(link)

    with pytest.raises(NotebookError, match="unable to open"):
        note(link)


@pytest.mark.parametrize("use", [note, notes])
def test_what_belongs_to_somebody_else_is_refused(
    somebody_elses: Path, use: Callable[[Path], object]
) -> None:
    words = f"The notebook {somebody_elses} cannot be used: it belongs to another user."

    with pytest.raises(NotebookError) as refusal:
        use(somebody_elses)

    assert str(refusal.value) == words


def test_root_may_look_into_anybodys(somebody_elses: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)

    assert notes(somebody_elses) == ["Hej"]


def test_to_look_makes_no_file(path: Path) -> None:
    assert notes(path) == []
    assert not path.parent.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param("CREATE TABLE orders (id)", id="another's tables"),
        pytest.param("PRAGMA user_version = 2", id="another version"),
    ],
)
@pytest.mark.parametrize("use", [note, notes])
def test_what_is_something_else_is_not_changed_by_a_byte(
    tmp_path: Path, spoil: str, use: Callable[[Path], object]
) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as shop:
        shop.execute(spoil)
    before = path.read_bytes()

    with pytest.raises(NotebookError, match="it is no notebook of version 1"):
        use(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("is_durable", "journal"), [(True, "delete"), (False, "wal")])
def test_what_is_durable_is_not_written_ahead(
    path: Path, journal: str, *, is_durable: bool
) -> None:
    with notebook(path, is_durable=is_durable).transaction() as connection:
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        found = connection.execute("PRAGMA journal_mode").fetchone()[0]

    assert found == journal
    assert synchronous == {True: 3, False: 1}[is_durable]


def test_an_empty_file_is_made_one(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    path.touch()

    note(path)

    assert notes(path) == ["Hej"]


@pytest.mark.parametrize("name", ["file/notes.db", "a\0b"], ids=["below a file", "NUL"])
def test_what_cannot_be_made_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(NotebookError, match="cannot be used"):
        note(tmp_path / name)


@pytest.mark.parametrize("is_durable", [True, False])
def test_many_threads_may_make_it_at_once(tmp_path: Path, *, is_durable: bool) -> None:
    paths = [tmp_path / str(number) / "notes.db" for number in range(5)]

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda n: note(paths[n % 5], is_durable=is_durable), range(80)))

    assert [len(notes(path)) for path in paths] == [16] * 5
    assert [list(path.parent.iterdir()) for path in paths] == [[path] for path in paths]


def test_making_what_is_there_keeps_it(path: Path) -> None:
    note(path)

    make_private(path)

    assert notes(path) == ["Hej"]


FORKING = """
import os, sys
from pathlib import Path
from tests.smsgateway.test_database import note

path = Path(sys.argv[1])
note(path, "before")
for number in range(4):
    if os.fork() == 0:
        note(path, f"child {number}")
        os._exit(0)
note(path, "parent")
sys.exit(any(os.wait()[1] for _ in range(4)))
"""


def test_a_child_that_is_forked_off_writes_beside_its_parent(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING, path],
        cwd=Path(__file__).parents[2],
        check=False,
    )

    assert done.returncode == 0
    assert sorted(notes(path)) == ["before", *(f"child {n}" for n in range(4)), "parent"]


def test_importing_it_does_not_load_sqlite() -> None:
    code = "import smsgateway.database, sys; sys.exit('sqlite3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("given", [None, "~/notes.db"], ids=["default", "in the home"])
def test_who_has_no_home_is_told_what_to_set(
    monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)

    with pytest.raises(ConfigurationError) as refused:
        private_path(given, name="notes.db")

    assert str(refused.value).startswith(
        "There is no place for notes.db, for this user has no home directory. Set HOME, or "
    )

from __future__ import annotations

import io
import sys

import pytest

from smsgateway.cli.progress import progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())

    with progress_bar(300) as tell:
        tell(100)

    assert "100/300" in terminal.getvalue()


@pytest.mark.parametrize(
    ("stream", "total"), [(Terminal(), 10), (io.StringIO(), 300)], ids=["short", "pipe"]
)
def test_nobody_else_does(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, total: int) -> None:
    monkeypatch.setattr(sys, "stderr", stream)

    with progress_bar(total) as tell:
        tell(100)

    assert stream.getvalue() == ""

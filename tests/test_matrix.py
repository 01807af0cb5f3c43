"""The README's table of what providers can do is what they say themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from smsgateway.provider import Capabilities
from smsgateway.testing.matrix import BEGIN, END, matrix, our_providers, updated
from smsgateway.text import Encoding

README = Path(__file__).parents[1] / "README.md"


class Pigeon:
    name: ClassVar[str] = "pigeon"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_recipients=None, flash=True, reference=32, encodings=frozenset(Encoding)
    )

    def send(self, _message: Any) -> Any:
        """Send nothing."""

    def balance(self) -> Any:
        """Tell nothing."""


def test_the_readme_is_not_out_of_date() -> None:
    readme = README.read_text(encoding="utf-8")

    assert updated(readme, matrix(our_providers())) == readme, (
        "run: python -m smsgateway.testing.matrix"
    )


def test_a_row_says_what_a_provider_says() -> None:
    titles, _, row = matrix({"pigeon": Pigeon}).splitlines()

    cells = dict(zip(_cells(titles), _cells(row), strict=True))
    assert {title: cell for title, cell in cells.items() if cell} == {
        "provider": "`pigeon`",
        "recipients": "any",
        "`flash`": "yes",
        "`reference`": "32",
        "`encoding`": "GSM-7, UCS-2",
        "`balance()`": "yes",
    }


def test_nothing_but_the_table_is_replaced() -> None:
    readme = f"# Title\n\n{BEGIN}\n| old |\n{END}\n\nThe rest.\n"

    assert updated(readme, "| new |\n") == f"# Title\n\n{BEGIN}\n| new |\n{END}\n\nThe rest.\n"


@pytest.mark.parametrize("readme", ["# Title\n", f"{BEGIN}\n| old |\n", f"{END}\n{BEGIN}\n"])
def test_a_text_without_a_place_for_the_table_is_refused(readme: str) -> None:
    with pytest.raises(ValueError, match="There is no"):
        updated(readme, "| new |\n")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]

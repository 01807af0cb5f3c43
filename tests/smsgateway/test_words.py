import pytest

from smsgateway.words import redact, visible


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("Phone 4522334488 is bad", "Phone ***88 is bad"),
        ("Phone +45 22 33 44 88 is bad", "Phone ***88 is bad"),
        ("error 409", "error 409"),
        ("two\r\nlines\x00 and\ttabs", "two lines and tabs"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_providers_words_are_made_fit_for_a_log(words: str, safe: str) -> None:
    assert redact(words) == safe


def test_control_characters_are_written_out() -> None:
    assert visible("a\x1b[2Jb\tc\nd\x9be å") == "a\\x1b[2Jb\\tc\nd\\x9be å"

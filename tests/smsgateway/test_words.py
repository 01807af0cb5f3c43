import pytest

from smsgateway.words import quotable, redact, visible


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


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        ("no  such\nnumber +4522334488", "no such number +45******88"),
        (409, "409"),
        ("", None),
        (None, None),
        (["a"], None),
        ("the key c0ffee is wrong", None),
        ("this", "this"),
        ("Hi there", None),
        ("it said: The code is 73-19", None),
    ],
)
def test_words_that_quote_what_is_private_are_left_out(words: object, fit: str | None) -> None:
    assert quotable(words, ["c0ffee", "Hi", "The code is 73-19-02."]) == fit


def test_twelve_characters_in_common_are_a_quotation_wherever_they_stand() -> None:
    assert quotable("it is xxd34db33fc0dexx", ["d34db33fc0de"]) is None
    assert quotable("it is xxd34db33fc0dxx", ["d34db33fc0d"]) == "it is xxd34db33fc0dxx"

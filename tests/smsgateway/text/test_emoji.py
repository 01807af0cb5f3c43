import doctest

import pytest

from smsgateway.text import emoji, in_words


def test_the_example_is_true() -> None:
    failed, tried = doctest.testmod(emoji)

    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[db1] [🔴 Down]", "[db1] [red Down]", id="Uptime Kuma"),
        pytest.param("déjà vu 🔥", "déjà vu fire", id="Alertmanager"),
        pytest.param("⚠️ disk", "warning disk", id="with a variation selector"),
        pytest.param("2🔥🔥x", "2 fire fire x", id="without spaces"),
        pytest.param("🦄", "unicorn face", id="by its name"),
        pytest.param("🇩🇰", "D K", id="flags"),
        pytest.param("👍🏽 👨‍👩", "thumbs up sign man woman", id="changed and joined"),
        pytest.param("a → b", "a -> b", id="arrows"),
        pytest.param("21°C © ®", "21°C © ®", id="no emoji"),
        pytest.param("\u2bff", "hellschreiber pause symbol", id="the last symbol"),
    ],
)
def test_emoji_become_words(text: str, words: str) -> None:
    assert in_words(text) == words

"""Words for emoji: one of them would make a text UCS-2, where 70 characters fit and not 160."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["in_words"]

# Short words for what alerting tools use; all others have their Unicode names.
_WORDS = {
    "🔴": "red", "🟠": "orange", "🟡": "yellow", "🟢": "green", "🔥": "fire", "✅": "OK",
    "✔": "OK", "❌": "failed", "✖": "failed", "⚠": "warning", "🚨": "alarm", "⛔": "no entry",
    "❗": "!", "‼": "!!", "❓": "?", "→": "->", "←": "<-", "↑": "up", "↓": "down", "•": "-",
}  # fmt: skip
# Symbols, and what only changes the one before it: variation selectors, joiners, skin tones.
_CANDIDATE = re.compile("[←-⯿•‼〰〽㊗㊙\U0001f000-\U0001faff]")
_CHANGER = re.compile("[\ufe0e\ufe0f\u200d\u20e3\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_WORD = re.compile(r"\w")
_WORD_OR_SYMBOL = re.compile(rf"\w|{_CANDIDATE.pattern}")


def in_words(text: str) -> str:
    """Write emoji and arrows as words.

    >>> in_words("[🔴 Down] 2🔥")
    '[red Down] 2 fire'
    """
    return _CANDIDATE.sub(_word, _CHANGER.sub("", text))


def _word(match: re.Match[str]) -> str:
    char = match[0]
    word = _WORDS.get(char) or _name(char)
    text, start, end = match.string, match.start(), match.end()
    before = " " if start and _WORD_OR_SYMBOL.match(text[start - 1]) else ""
    after = " " if end < len(text) and _WORD.match(text[end]) else ""
    return f"{before}{word}{after}"


def _name(char: str) -> str:
    name = unicodedata.name(char, "")
    letter = name.removeprefix("REGIONAL INDICATOR SYMBOL LETTER ")  # two of them are a flag
    return name.lower() if letter == name else letter

"""Words that others wrote, made fit to be shown: in a log, an error, on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from smsgateway.phone import mask

__all__ = ["quotable", "redact", "visible"]

_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){6,}")
_LONGEST = 200
_READ = 1000  # characters of somebody's words that are looked at
_PIECE = 12  # as many characters in common are a quotation

# C0 and C1 without the line feed. A text may come from anybody, and these move a terminal's
# cursor, change its title or paste into its input.
_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def redact(words: str) -> str:
    """Make a provider's own words fit for a log: one short line, whole phone numbers masked."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return _NUMBER.sub(lambda match: mask(match[0]), line)[:_LONGEST]


def quotable(words: object, private: Iterable[str] = ()) -> str | None:
    """Return a provider's own words fit for a log, or None where they quote what is private.

    Args:
        words: What stands in its answer, where there may be anything.
        private: The message's text, and secrets.
    """
    if not isinstance(words, int | str):
        return None
    line = " ".join(str(words)[:_READ].split())
    if any(_quotes(line, " ".join(secret.split())) for secret in private):
        return None
    return redact(line) or None


def _quotes(words: str, secret: str) -> bool:
    if len(secret) < _PIECE:  # as a word of its own, for "Hi" is in "this" too
        return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", words) is not None
    starts = range(len(secret) - _PIECE + 1)
    return any(secret[start : start + _PIECE] in words for start in starts)


def visible(text: str) -> str:
    r"""Write out control characters, except the line feed: ESC becomes `\x1b`."""
    return _CONTROLS.sub(lambda match: ascii(match[0])[1:-1], text)

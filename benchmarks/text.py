"""`analyze` against the packages that are used to count segments: `python benchmarks/text.py`.

Two passes means the least that C can do with a text: write it in Latin-1, then translate that
through a table of 256 bytes. All run in one process, in short blocks that are shuffled in each
round; microseconds are medians, and a ratio is the median of the rounds' ratios, so that a machine
that slows down for a while slows down both sides of it. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import codecs
import random
import statistics
import sys
import timeit
from typing import TYPE_CHECKING

import gsm0338  # type: ignore[import-untyped]  # none of the three has annotations
import gsmcodecs  # type: ignore[import-untyped]  # noqa: F401  # importing it registers its codecs
import smsutil  # type: ignore[import-untyped]

from smsgateway.text import analyze

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 61
BLOCK_SECONDS = 0.001

DANISH = "Kære kunde, din pakke står på posthuset i Århus. Husk legitimation, når du henter. "
BRACKETS = (
    "Ordre {4711} [klar]: 5 æsker ~ 37 € | kode ^A\\B [x]. Vis den i butik inden lørdag kl. 18 "
)
TEXTS = {
    "40 ASCII": "Your code is 482913. It is valid for 10'",
    "160 with Danish letters": (DANISH * 2)[:160],
    "600 septets, 66 of them escapes": BRACKETS * 6,
    "70 units with emoji": "Tillykke med dagen 🎂 Vi glæder os til at fejre dig på lørdag kl. 9 🎈",
    "1,530 GSM": (DANISH * 19)[:1530],
}
UNITS = (40, 160, 600, 70, 1530)

# How many times faster than `smsutil.split`, at least; how many times two passes, at most.
FASTER = (80, 80, 15, 15, 80)
PASSES = 4

TABLE = bytes(range(256))
GSM0338 = gsm0338.Codec()
GSMCODECS = codecs.lookup("gsm23.038")


def two_passes(text: str) -> object:
    return text.encode("latin-1", "ignore").translate(TABLE)


def by_gsm0338(text: str) -> int:
    return count(GSM0338.encode, text)


def by_gsmcodecs(text: str) -> int:
    return count(GSMCODECS.encode, text)


def count(encode: Callable[[str], tuple[bytes, int]], text: str) -> int:
    """Count segments as one does with a codec: by division, which is wrong near a boundary."""
    try:
        units, alone, joined = len(encode(text)[0]), 160, 153
    except UnicodeEncodeError:
        units, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if units <= alone else -(-units // joined)


CONTENDERS: tuple[Callable[[str], object], ...] = (
    analyze,
    smsutil.split,
    by_gsm0338,
    by_gsmcodecs,
    two_passes,
)


def measure(text: str) -> list[list[float]]:
    """Time every contender in every round, in microseconds a call."""
    timers = [timeit.Timer("f(text)", globals={"f": f, "text": text}) for f in CONTENDERS]
    # Each call site sees one function, as it does in a program, and is warm before it is timed.
    calls = [max(1, round(BLOCK_SECONDS / (timer.timeit(200) / 200))) for timer in timers]
    rounds = []
    for _ in range(ROUNDS):
        times = [0.0] * len(timers)
        for index in random.sample(range(len(timers)), len(timers)):
            times[index] = timers[index].timeit(calls[index]) / calls[index] * 1e6
        rounds.append(times)
    return rounds


def main() -> int:
    missed = 0
    print(f"{'microseconds, medians':32}{'analyze':>9}{'smsutil':>9}{'gsm0338':>9}", end="")
    print(f"{'gsmcodecs':>10}{'2 passes':>9}   {'faster than smsutil':>20}{'passes':>16}")
    for (name, text), units, faster in zip(TEXTS.items(), UNITS, FASTER, strict=True):
        if analyze(text).units != units:
            raise ValueError(f"{name} has {analyze(text).units} units.")
        rounds = measure(text)
        ours, smsutils, first_codec, second_codec, passes = map(
            statistics.median, zip(*rounds, strict=True)
        )
        times = statistics.median(times[1] / times[0] for times in rounds)
        share = statistics.median(times[0] / times[4] for times in rounds)
        held = times >= faster and share <= PASSES
        missed += not held
        print(f"{name:32}{ours:9.2f}{smsutils:9.2f}{first_codec:9.2f}", end="")
        print(f"{second_codec:10.2f}{passes:9.2f}   {times:10.1f} (>= {faster:2})", end="")
        print(f"{share:10.2f} (<= {PASSES})  {'held' if held else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

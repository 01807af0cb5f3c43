"""PhoneNumber.parse against the library it stands on: `python benchmarks/phone.py`.

Both sides end with E.164, the region and the certainty that the number is valid. Every number is
distinct, both sides read the same ones, and they take turns within one process. Exits with 1 where
a target is missed.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from typing import TYPE_CHECKING

import phonenumbers
from phonenumbers import PhoneNumberFormat

from smsgateway.phone import PhoneNumber

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 7
DANISH = 4000
OF_EACH_REGION = 12
TARGETS = {"Danish": 8, "all regions": 40}


def by_library(text: str) -> tuple[str, str | None]:
    number = phonenumbers.parse(text)
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not valid")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return e164, phonenumbers.region_code_for_number(number)


def variants(e164: str, count: int, rng: random.Random) -> list[str]:
    """Make valid neighbours of a number by changing its last digits."""
    found: set[str] = set()
    for _ in range(count * 50):
        candidate = e164[:-4] + f"{rng.randrange(10_000):04}"
        if phonenumbers.is_valid_number(phonenumbers.parse(candidate)):
            found.add(candidate)
        if len(found) == count:
            break
    return sorted(found)


def danish(rng: random.Random) -> list[str]:
    found: set[str] = set()
    while len(found) < DANISH:
        candidate = f"+45{rng.randrange(20_000_000, 100_000_000)}"
        if phonenumbers.is_valid_number(phonenumbers.parse(candidate)):
            found.add(candidate)
    return sorted(found, key=lambda _: rng.random())


def all_regions(rng: random.Random) -> list[str]:
    found: set[str] = set()
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE):
            example = phonenumbers.example_number_for_type(region, kind)
            if example is not None:
                e164 = phonenumbers.format_number(example, PhoneNumberFormat.E164)
                found.update(variants(e164, OF_EACH_REGION // 2, rng))
    return sorted(found, key=lambda _: rng.random())


def microseconds(read: Callable[[str], object], numbers: list[str]) -> float:
    started = time.process_time()
    for number in numbers:
        read(number)
    return (time.process_time() - started) / len(numbers) * 1e6


def compare(numbers: list[str]) -> tuple[float, float]:
    """Return our and the library's microseconds for a number, as medians of rounds."""
    for number in numbers:
        parsed = PhoneNumber.parse(number)
        if (parsed.e164, parsed.region) != by_library(number):
            raise SystemExit("The two sides do not agree.")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(microseconds(PhoneNumber.parse, numbers))
        theirs.append(microseconds(by_library, numbers))
    return statistics.median(ours), statistics.median(theirs)


def main() -> int:
    rng = random.Random(45)
    sets = {"Danish": danish(rng), "all regions": all_regions(rng)}
    print(f"phonenumbers {phonenumbers.__version__}, Python {sys.version.split()[0]}")
    print(f"{'numbers':<12} {'distinct':>8} {'library':>9} {'ours':>7} {'ratio':>7} {'target':>7}")
    held = True
    for name, numbers in sets.items():
        ours, theirs = compare(numbers)
        ratio = theirs / ours
        held = held and ratio >= TARGETS[name]
        print(
            f"{name:<12} {len(numbers):>8} {theirs:>6.1f} us {ours:>4.2f} us {ratio:>6.1f}x"
            f" {f'>= {TARGETS[name]}x':>7}  {'held' if ratio >= TARGETS[name] else 'MISSED'}"
        )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

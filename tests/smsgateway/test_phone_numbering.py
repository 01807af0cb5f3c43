from __future__ import annotations

import random
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from smsgateway.errors import InvalidPhoneNumber
from smsgateway.phone import PhoneNumber
from smsgateway.phone.numbering import find_region, look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = "0123456789"
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


def e164(example: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(example, PhoneNumberFormat.E164)


def examples() -> Iterator[phonenumbers.PhoneNumber]:
    """Yield the library's example of every kind in every region, and outside regions."""
    for region in REGIONS:
        for kind in PhoneNumberType.values():
            if example := phonenumbers.example_number_for_type(region, kind):
                yield example
    for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        if example := phonenumbers.example_number_for_non_geo_entity(code):
            yield example


EXAMPLES = list({e164(example): example for example in examples()}.values())
PLAIN = [e164(example) for example in EXAMPLES]


def neighbours(number: str, rng: random.Random) -> Iterator[str]:
    """Yield a number with a digit changed, added, dropped, and two swapped, at random places."""
    at = rng.randrange(1, len(number) - 1)
    digit = rng.choice(DIGITS)
    yield number[:at] + digit + number[at + 1 :]
    yield number[:at] + digit + number[at:]
    yield number[:at] + number[at + 1 :]
    yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def differences(numbers: list[str]) -> list[str]:
    """List the numbers for which the fast path says anything but what the library says."""
    return [
        number
        for number in numbers
        if (region := find_region(number)) and look_up(number, None) != (number, region)
    ]


def library_verdict(text: str, region: str | None) -> tuple[str, str] | None:
    """Ask the library as anyone would who has not read our code."""
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return e164(parsed), str(phonenumbers.region_code_for_number(parsed))


def our_verdict(text: str, region: str | None) -> tuple[str, str] | None:
    try:
        parsed = PhoneNumber.parse(text, region)
    except InvalidPhoneNumber:
        return None
    return parsed.e164, parsed.region


@pytest.mark.many
def test_the_fast_path_agrees_with_the_library_on_examples_of_every_kind_and_region() -> None:
    decided = [number for number in PLAIN if find_region(number)]

    assert differences(PLAIN) == []
    assert len(decided) > 0.97 * len(PLAIN)


@pytest.mark.many
def test_the_fast_path_agrees_with_the_library_on_their_neighbours() -> None:
    rng = random.Random(45)
    numbers = [near for number in PLAIN for near in neighbours(number, rng)]

    assert differences(numbers) == []


@pytest.mark.many
def test_the_fast_path_agrees_with_the_library_on_danish_numbers() -> None:
    rng = random.Random(45)
    numbers = [f"+45{rng.randrange(10**8):08}" for _ in range(5000)]

    assert differences(numbers) == []


@given(st.sampled_from(PLAIN), st.randoms(use_true_random=False), st.integers(0, 4))
def test_parsing_agrees_with_the_library_however_often_a_number_is_mutated(
    number: str, rng: random.Random, times: int
) -> None:
    for _ in range(times):
        number = rng.choice(list(neighbours(number, rng)))

    assert our_verdict(number, None) == library_verdict(number, None)


@given(st.text(DIGITS, min_size=1, max_size=18))
def test_parsing_agrees_with_the_library_on_random_digits(digits: str) -> None:
    assert our_verdict(f"+{digits}", None) == library_verdict(f"+{digits}", None)


@pytest.mark.many
@pytest.mark.parametrize(
    "written",
    [PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966, PhoneNumberFormat.NATIONAL],
    ids=["international", "tel", "national"],
)
def test_numbers_are_read_as_their_countries_write_them(written: int) -> None:
    texts = [
        (phonenumbers.format_number(example, written), region)
        for example in EXAMPLES
        if (region := phonenumbers.region_code_for_number(example)) in REGIONS
    ]

    differing = [text for text in texts if our_verdict(*text) != library_verdict(*text)]

    assert differing == []


@pytest.mark.many
def test_numbers_stored_without_plus_are_read_in_their_own_region() -> None:
    verdicts = [verdict for number in PLAIN if (verdict := our_verdict(number, None))]
    stored = [verdict for verdict in verdicts if verdict[1] in REGIONS]

    differing = [
        verdict for verdict in stored if our_verdict(verdict[0][1:], verdict[1]) != verdict
    ]

    assert len(stored) > 900
    assert differing == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("+", id="plus"),
        pytest.param("4522334488", id="no plus"),
        pytest.param("+045223344", id="begins with 0"),
        pytest.param("+45223344", id="too short for its country"),
        pytest.param("+452233448", id="length unknown to its country"),
        pytest.param("+99912345678", id="unknown country code"),
        pytest.param("+٤٥٢٢٣٣٤٤٨٨", id="other digits"),
        pytest.param("+45²2334488", id="superscript"),
        pytest.param("+4522334488\n", id="line"),
        pytest.param("+788001234567", id="national prefix"),
        pytest.param("+12421234567", id="leading digits of a region, and invalid there"),
    ],
)
def test_the_fast_path_leaves_doubt_to_the_library(text: str) -> None:
    assert find_region(text) is None
